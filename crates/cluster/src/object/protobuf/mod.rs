//! Reading Protobuf as Kubernetes' clients send it: the same object as JSON.
//!
//! The format is that of apimachinery's `serializer/protobuf`: four bytes that say so, then a `runtime.Unknown` that names
//! the kind and holds the object, whose messages are those of the published `generated.proto` files. What is wrong is
//! said in the words of the Go code that gogo's generator makes.

mod envelope;
mod fault;
mod reader;
mod special;
mod table;
#[cfg(test)]
mod tests;
mod wire;

pub(crate) use envelope::Unknown;
pub(crate) use fault::Fault;
pub(crate) use reader::read;

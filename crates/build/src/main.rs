//! The program `linkspan-build`.

fn main() -> std::process::ExitCode {
    linkspan_build::program().main()
}

//! Moving bytes between a local connection and a pod's port.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::dial::Tunnel;

const DATA: u8 = 0;

/// The protocol cannot say that only one side is done; so after the local one is, the pod may be silent this long.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Moves bytes until one side ends.
///
/// # Errors
/// What the cluster said went wrong: for example that nothing listens on the pod's port.
pub(super) async fn relay(local: TcpStream, tunnel: Tunnel) -> Result<(), String> {
    let (mut read, write) = local.into_split();
    let (mut sink, stream) = tunnel.split();
    let (heard, silence) = tokio::sync::watch::channel(());
    let up = async {
        upstream(&mut read, &mut sink).await;
        let mut silence = silence;
        while matches!(tokio::time::timeout(LAST_WORDS, silence.changed()).await, Ok(Ok(()))) {}
    };
    let ended = tokio::select! {
        ended = downstream(stream, write, heard) => ended,
        () = up => Ok(()),
    };
    // The other side may be gone already; then there is nobody to say goodbye to.
    let _ = sink.close().await;
    ended
}

async fn upstream(read: &mut OwnedReadHalf, sink: &mut futures_util::stream::SplitSink<Tunnel, Message>) {
    let mut buffer = vec![DATA; 32 * 1024];
    while let Ok(count) = read.read(&mut buffer[1..]).await {
        if count == 0 || sink.send(Message::Binary(Bytes::copy_from_slice(&buffer[..=count]))).await.is_err() {
            return;
        }
    }
}

async fn downstream(
    mut stream: futures_util::stream::SplitStream<Tunnel>,
    mut write: OwnedWriteHalf,
    heard: tokio::sync::watch::Sender<()>,
) -> Result<(), String> {
    let mut greeted = Greeted::default();
    while let Some(Ok(message)) = stream.next().await {
        let Message::Binary(bytes) = message else { continue };
        match greeted.payload(&bytes) {
            Some((DATA, data)) => {
                heard.send_replace(());
                if write.write_all(data).await.is_err() {
                    return Ok(());
                }
            }
            Some((_, complaint)) if !complaint.is_empty() => {
                return Err(String::from_utf8_lossy(complaint).trim().to_owned());
            }
            _ => {}
        }
    }
    // The local side may have gone first.
    let _ = write.shutdown().await;
    Ok(())
}

/// Which channels have said their port, which is the first thing that each says.
#[derive(Debug, Default)]
struct Greeted([bool; 2]);

impl Greeted {
    /// A message's channel and what it carries; `None` for what belongs to no channel.
    fn payload<'a>(&mut self, message: &'a [u8]) -> Option<(u8, &'a [u8])> {
        let (channel, rest) = message.split_first()?;
        let greeted = self.0.get_mut(usize::from(*channel))?;
        let rest = if std::mem::replace(greeted, true) { rest } else { rest.get(2..).unwrap_or_default() };
        Some((*channel, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_comes_first_on_each_channel() {
        let mut greeted = Greeted::default();
        assert_eq!(greeted.payload(&[0, 0x90, 0x1f]), Some((0, &[][..])));
        assert_eq!(greeted.payload(&[1, 0x90, 0x1f]), Some((1, &[][..])));
        assert_eq!(greeted.payload(&[0, 7, 8, 9]), Some((0, &[7, 8, 9][..])));
        assert_eq!(greeted.payload(&[1, b'n', b'o']), Some((1, &b"no"[..])));
        assert_eq!(greeted.payload(&[2, 1]), None);
        assert_eq!(greeted.payload(&[]), None);
    }
}

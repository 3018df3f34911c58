//! A relay in front of the emulator that counts bytes and connections, for every program alike.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// A running relay; it ends with this value.
pub(crate) struct Meter {
    pub(crate) url: Url,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Counts {
    bytes: AtomicU64,
    connections: AtomicU64,
}

impl Meter {
    /// Listens on a free port and passes everything on to `server`.
    pub(crate) async fn before(server: &Url) -> Self {
        let address = server.socket_addrs(|| None).unwrap()[0];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let counts = Arc::clone(&counted);
                counts.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let Ok(mut server) = TcpStream::connect(address).await else { return };
                    let _ = client.set_nodelay(true).and(server.set_nodelay(true));
                    let (from_client, to_client) = client.split();
                    let (from_server, to_server) = server.split();
                    tokio::join!(
                        pass_on(from_client, to_server, &counts.bytes),
                        pass_on(from_server, to_client, &counts.bytes),
                    );
                });
            }
        });
        Self { url, counts, task }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.counts.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::Relaxed)
    }
}

async fn pass_on(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, bytes: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        bytes.fetch_add(read as u64, Ordering::Relaxed);
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
    // A side that has gone already needs no end.
    let _ = to.shutdown().await;
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

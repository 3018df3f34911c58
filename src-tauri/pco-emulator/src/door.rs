//! A port: accepts connections, serves HTTP/1.1 on each, and can be shut for a while.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::connection::{Connection, Line, Wire};
use crate::server::{self, Shared};
use crate::tls;

/// More header lines than this are refused with 431.
const MOST_HEADERS: usize = 100;
/// A longer head is refused with 431.
const LONGEST_HEAD: usize = 64 << 10;
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;
/// The computer has no room for another connection: wait before the next try.
const OUT_OF_ROOM: Duration = Duration::from_millis(50);

/// Whether the port should take connections, and whether it does.
pub(crate) struct Access {
    wanted: watch::Sender<bool>,
    given: watch::Sender<bool>,
}

impl Access {
    pub(crate) fn new() -> Self {
        Self { wanted: watch::Sender::new(true), given: watch::Sender::new(true) }
    }

    /// Opens or shuts the port; returns when that is done.
    pub(crate) async fn set(&self, open: bool) {
        self.wanted.send_replace(open);
        // It fails only when the port is gone for good.
        let _ = self.given.subscribe().wait_for(|given| *given == open).await;
    }

    pub(crate) fn is_wanted(&self) -> bool {
        *self.wanted.borrow()
    }
}

/// Listens on 127.0.0.1; port 0 picks a free one.
pub(crate) fn listen(port: u16) -> io::Result<TcpListener> {
    bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?.listen(BACKLOG)
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Elsewhere than on Windows: a port whose last connections are still ending can be taken again.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Serves a port for as long as the emulator runs. Requests under way at its end are answered.
pub(crate) fn open(listener: TcpListener, speech: Speech, shared: &Arc<Shared>) {
    let serving = serve(listener, speech, Arc::clone(shared));
    shared.runtime.spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "a port of the emulator is gone");
        }
    });
}

async fn serve(mut listener: TcpListener, speech: Speech, shared: Arc<Shared>) -> io::Result<()> {
    let mut stopped = shared.stopped.clone();
    let mut wanted = shared.access.wanted.subscribe();
    let can_be_shut = matches!(speech, Speech::Http);
    loop {
        tokio::select! {
            _ = stopped.changed() => return Ok(()),
            () = becomes(&mut wanted, false), if can_be_shut => {
                match refuse(listener, &shared, &mut wanted, &mut stopped).await? {
                    Some(reopened) => listener = reopened,
                    None => return Ok(()),
                }
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    shared.connections.fetch_add(1, Ordering::Relaxed);
                    let visit = visit(stream, speech.clone(), Arc::clone(&shared), stopped.clone());
                    tokio::spawn(visit);
                }
                Err(error) => {
                    tracing::debug!(%error, "a connection is not accepted");
                    tokio::time::sleep(OUT_OF_ROOM).await;
                }
            },
        }
    }
}

async fn becomes(watched: &mut watch::Receiver<bool>, wanted: bool) {
    if watched.wait_for(|value| *value == wanted).await.is_err() {
        // Nobody can ask any more: nothing changes for the rest of the emulator's life.
        std::future::pending::<()>().await;
    }
}

/// Connections are refused until they are wanted again. The port stays ours: bound, but not listening.
async fn refuse(
    listener: TcpListener,
    shared: &Shared,
    wanted: &mut watch::Receiver<bool>,
    stopped: &mut watch::Receiver<()>,
) -> io::Result<Option<TcpListener>> {
    let address = listener.local_addr()?;
    drop(listener);
    let socket = bind(address)?;
    shared.access.given.send_replace(false);
    tokio::select! {
        _ = stopped.changed() => return Ok(None),
        () = becomes(wanted, true) => {}
    }
    let listener = socket.listen(BACKLOG)?;
    shared.access.given.send_replace(true);
    Ok(Some(listener))
}

/// What a port speaks.
#[derive(Clone)]
pub(crate) enum Speech {
    Http,
    Https(Arc<tls::Offer>),
}

/// One connection, from its first byte to its last.
async fn visit(stream: TcpStream, speech: Speech, shared: Arc<Shared>, mut stopped: watch::Receiver<()>) {
    // Small answers should not wait for an acknowledgement; without the option they merely come later.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let wire = match speech {
        Speech::Http => Wire::Plain(stream),
        Speech::Https(offer) => match offer.shake_hands(stream).await {
            Some(stream) => Wire::Secure(Box::new(stream), offer.byte_counter()),
            None => return,
        },
    };
    let line = Line::new();
    let stream = TokioIo::new(Connection::new(wire, line.clone()));
    let patience = shared.config.patience;
    let service = service_fn(move |request: Request<Incoming>| {
        let (shared, line) = (Arc::clone(&shared), line.clone());
        async move { Ok::<_, Infallible>(server::handle(&shared, &line, request.map(Body::new)).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LONGEST_HEAD);
    let mut connection = pin!(http.serve_connection(stream, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

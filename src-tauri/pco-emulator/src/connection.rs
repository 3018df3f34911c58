//! Connections that can be cut on purpose.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// One client's connection, as a handler holds it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    cut: Arc<Mutex<Cut>>,
}

#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Everything goes through.
    Never,
    /// The next answer's head goes through, and this much of its body.
    InBody(usize),
    /// So many bytes more.
    After(usize),
}

impl Line {
    /// Nothing is sent any more; the connection closes.
    pub(crate) fn cut(&self) {
        self.set(Cut::After(0));
    }

    /// The next answer ends after `bytes` of its body.
    pub(crate) fn cut_in_body(&self, bytes: usize) {
        self.set(Cut::InBody(bytes));
    }

    fn set(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = cut;
    }

    /// How much of `buffer` may be sent.
    fn allowance(&self, buffer: &[u8]) -> usize {
        let mut cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        if let Cut::InBody(bytes) = *cut {
            let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
                return buffer.len();
            };
            *cut = Cut::After(head + 4 + bytes);
        }
        match *cut {
            Cut::After(bytes) => bytes.min(buffer.len()),
            Cut::Never | Cut::InBody(_) => buffer.len(),
        }
    }

    fn sent(&self, bytes: usize) {
        let mut cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        if let Cut::After(left) = &mut *cut {
            *left = left.saturating_sub(bytes);
        }
    }
}

/// A TCP stream that obeys its [`Line`].
pub(crate) struct CuttableStream {
    stream: TcpStream,
    line: Line,
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = self.line.allowance(buffer);
        if allowed == 0 && !buffer.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let sent = std::task::ready!(Pin::new(&mut self.stream).poll_write(context, &buffer[..allowed]))?;
        self.line.sent(sent);
        Poll::Ready(Ok(sent))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Accepts connections and counts them.
pub(crate) struct Door {
    listener: TcpListener,
    accepted: Arc<AtomicU64>,
}

impl Door {
    pub(crate) fn new(listener: TcpListener, accepted: Arc<AtomicU64>) -> Self {
        Self { listener, accepted }
    }
}

impl Listener for Door {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        self.accepted.fetch_add(1, Ordering::Relaxed);
        // Small answers should not wait for an acknowledgement; without the option they merely come later.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        (CuttableStream { stream, line: Line { cut: Arc::new(Mutex::new(Cut::Never)) } }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Door>> for Line {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().line.clone()
    }
}

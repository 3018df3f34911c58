//! Connections that can be cut, stalled and slowed on purpose.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_rustls::server::TlsStream;

/// How long a stalled connection stays open when its client does not give up.
const LONGEST_STALL: Duration = Duration::from_mins(10);

/// What becomes of an answer on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Everything goes through.
    Whole,
    /// Nothing goes through; the connection is closed, or reset.
    Nothing { reset: bool },
    /// The head goes through and this much of the body; then the connection is closed.
    CutInBody(usize),
    /// So many bytes, then the connection is closed.
    CutAfter(usize),
    /// So many bytes, then nothing more.
    StallAfter(usize),
    /// So many bytes at a time.
    Pieces { bytes: usize, pause: Duration },
}

/// One client's connection, as a handler holds it.
#[derive(Clone, Debug)]
pub(crate) struct Line(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    delivery: Delivery,
    requests: u64,
}

/// What may be done with the bytes at hand.
enum Permit {
    Send(usize),
    Wait(Duration),
    Close { reset: bool },
}

impl Line {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { delivery: Delivery::Whole, requests: 0 })))
    }

    /// A request has come in. True when the connection has carried one before.
    pub(crate) fn begin(&self) -> bool {
        let mut state = self.lock();
        state.requests += 1;
        state.delivery = Delivery::Whole;
        state.requests > 1
    }

    /// How the next answer is delivered.
    pub(crate) fn deliver(&self, delivery: Delivery) {
        self.lock().delivery = delivery;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn permit(&self, buffer: &[u8]) -> Permit {
        let mut state = self.lock();
        if let Delivery::CutInBody(bytes) = state.delivery {
            let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
                return Permit::Send(buffer.len());
            };
            state.delivery = Delivery::CutAfter(head + 4 + bytes);
        }
        match state.delivery {
            Delivery::Whole | Delivery::CutInBody(_) => Permit::Send(buffer.len()),
            Delivery::Nothing { reset } => Permit::Close { reset },
            Delivery::CutAfter(0) => Permit::Close { reset: false },
            Delivery::StallAfter(0) => {
                state.delivery = Delivery::CutAfter(0);
                Permit::Wait(LONGEST_STALL)
            }
            Delivery::CutAfter(bytes) | Delivery::StallAfter(bytes) | Delivery::Pieces { bytes, .. } => {
                Permit::Send(bytes.clamp(1, buffer.len()))
            }
        }
    }

    /// So many bytes are on their way; the answer tells how long to wait before the next.
    fn sent(&self, bytes: usize) -> Option<Duration> {
        match &mut self.lock().delivery {
            Delivery::CutAfter(left) | Delivery::StallAfter(left) => {
                *left = left.saturating_sub(bytes);
                None
            }
            Delivery::Pieces { pause, .. } => Some(*pause),
            _ => None,
        }
    }
}

/// What carries the bytes.
pub(crate) enum Wire {
    Plain(TcpStream),
    /// With a count of the bytes of the application that came in.
    Secure(Box<TlsStream<TcpStream>>, Arc<AtomicU64>),
}

/// A stream that obeys its [`Line`].
pub(crate) struct Connection {
    wire: Wire,
    line: Line,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    pub(crate) fn new(wire: Wire, line: Line) -> Self {
        Self { wire, line, pause: None }
    }

    /// Closing then resets.
    fn make_closing_a_reset(&self) {
        let stream = match &self.wire {
            Wire::Plain(stream) => stream,
            Wire::Secure(stream, _) => stream.get_ref().0,
        };
        if let Err(error) = stream.set_zero_linger() {
            tracing::warn!(%error, "a connection is closed, not reset");
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Wire::Secure(stream, received) => {
                let before = buffer.filled().len();
                let outcome = Pin::new(stream.as_mut()).poll_read(context, buffer);
                received.fetch_add((buffer.filled().len() - before) as u64, Ordering::Relaxed);
                outcome
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        loop {
            if let Some(pause) = &mut this.pause {
                ready!(pause.as_mut().poll(context));
                this.pause = None;
            }
            if buffer.is_empty() {
                return Poll::Ready(Ok(0));
            }
            let allowed = match this.line.permit(buffer) {
                Permit::Send(bytes) => bytes,
                Permit::Wait(pause) => {
                    this.pause = Some(Box::pin(tokio::time::sleep(pause)));
                    continue;
                }
                Permit::Close { reset } => {
                    if reset {
                        this.make_closing_a_reset();
                    }
                    return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
                }
            };
            let sent = ready!(match &mut this.wire {
                Wire::Plain(stream) => Pin::new(stream).poll_write(context, &buffer[..allowed]),
                Wire::Secure(stream, _) => Pin::new(stream.as_mut()).poll_write(context, &buffer[..allowed]),
            })?;
            this.pause = this.line.sent(sent).map(|pause| Box::pin(tokio::time::sleep(pause)));
            return Poll::Ready(Ok(sent));
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(context),
            Wire::Secure(stream, _) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Wire::Secure(stream, _) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}

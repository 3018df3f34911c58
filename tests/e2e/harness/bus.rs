//! Somebody on the session bus who calls the program, or stands in its place.

use futures::StreamExt as _;
use zbus::connection::Builder;
use zbus::{Connection, Message, MessageStream};

use super::desktop::{Desktop, PROGRAM_ON_BUS};

/// Where the program listens for a second start, and how it is told of one.
const PLACE: &str = "/org/narthex/desktop/SingleInstance";
const INTERFACE: &str = "org.SingleInstance.DBus";
const SECOND_START: &str = "ExecuteCallback";

/// A connection to the desktop's session bus.
pub(crate) struct Bus(Connection);

impl Bus {
    /// Joins the bus under no name.
    pub(crate) async fn join(desktop: &Desktop) -> Self {
        let address = desktop.bus_address();
        Self(Builder::address(address.as_str()).unwrap().build().await.unwrap())
    }

    /// Takes the program's name and says nothing to anybody.
    pub(crate) async fn squat(desktop: &Desktop) -> Self {
        let bus = Self::join(desktop).await;
        bus.0.request_name(PROGRAM_ON_BUS).await.unwrap();
        bus
    }

    /// The same, but answers every call: there is no such place here.
    pub(crate) async fn squat_refusing(desktop: &Desktop) -> Self {
        let bus = Self::squat(desktop).await;
        // From the moment there is a server for objects, it answers for those it does not have.
        bus.0.object_server();
        bus
    }

    /// Waits to be called and leaves without an answer, as a program that just ends.
    pub(crate) async fn leave_when_called(self) {
        let mut messages = MessageStream::from(&self.0);
        let is_call =
            |message: &Message| message.header().member().is_some_and(|member| member == SECOND_START);
        while !is_call(&messages.next().await.unwrap().unwrap()) {}
        drop(messages);
        self.0.close().await.unwrap();
    }

    /// Tells the running program what a second start would: this is among my arguments.
    pub(crate) async fn hand_over(&self, argument: &str) -> zbus::Result<()> {
        let start = (vec!["narthex", argument], "/");
        let called = self.0.call_method(Some(PROGRAM_ON_BUS), PLACE, Some(INTERFACE), SECOND_START, &start);
        called.await.map(drop)
    }
}

//! One test program for everything that needs no window: stories, the boundary, and rules about the house.

#![allow(clippy::unwrap_used)]

mod bindings;
#[cfg(unix)]
mod damage;
mod drift;
#[cfg(target_os = "linux")]
mod failing_disk;
mod first_reading;
#[cfg(target_os = "linux")]
mod full_disk;
mod fuzz;
mod harness;
mod ipc;
mod keychain;
mod layers;
mod limits;
#[cfg(target_os = "linux")]
mod no_network;
mod offline;
mod people;
mod permissions;
mod photos;
#[cfg(target_os = "linux")]
mod power;
mod practice;
mod refresh;
mod rough_network;
mod search;
mod second_window;
mod services;
mod session;
mod start;
mod unchanged;
mod whole_church;
mod wording;

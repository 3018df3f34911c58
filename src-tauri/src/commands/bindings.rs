//! Renders `ui/contract.d.ts` out of the Rust types.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use app_core::FirstView;
use app_core::error::ErrorView;
use app_core::event::AppEvent;
use ts_rs::{Config, TS, TypeVisitor};

const HEAD: &str = "// Generated from the Rust types by the bindings test. Do not edit: NARTHEX_BLESS=1 cargo nextest run bindings\n\n";

/// The whole of `ui/contract.d.ts`: every type that crosses the command boundary, by name, and the map of commands.
#[must_use]
pub fn bindings() -> String {
    let mut declarations = Declarations::default();
    super::declare(&mut declarations);
    declarations.visit::<FirstView>();
    declarations.visit::<AppEvent>();
    declarations.visit::<ErrorView>();
    let Declarations { types, commands, .. } = declarations;
    let types: String = types.into_values().collect();
    format!(
        "{HEAD}{types}/** Every command the page may call, with its request and its answer. */\n\
         export interface Commands {{\n{commands}}}\n"
    )
}

/// What has been declared so far.
#[derive(Default)]
pub(super) struct Declarations {
    config: Config,
    seen: HashSet<TypeId>,
    /// By name: the order in which ts-rs visits them changes from build to build.
    types: BTreeMap<String, String>,
    commands: String,
}

impl Declarations {
    /// Adds a row of the command map, and its types.
    pub(super) fn command<Request: TS + 'static, Answer: TS + 'static>(&mut self, name: &str) {
        self.visit::<Request>();
        self.visit::<Answer>();
        let (request, answer) = (Request::name(&self.config), Answer::name(&self.config));
        writeln!(self.commands, "  {name}: {{ request: {request}, answer: {answer} }},")
            .expect("writing to a text cannot fail");
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        T::visit_generics(self);
        T::visit_dependencies(self);
        // Only types of our own have a file that they could be written to; the others are TypeScript's.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = T::decl(&self.config);
            self.types.insert(T::ident(&self.config), format!("{docs}export {declaration}\n\n"));
        }
    }
}

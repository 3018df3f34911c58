// Calls commands with requests that no page of ours would make. What each call came to is returned.
const [names, count, seed] = arguments;
const { invoke } = window.__TAURI__.core;
const PATIENCE = 20_000;

// Numbers in a fixed order (mulberry32): the same seed, the same requests.
let state = seed >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const below = (bound) => Math.floor(random() * bound);
const pick = (from) => from[below(from.length)];

const nested = (depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth));
const TEXTS = [
  () => "",
  () => "x".repeat(1 + below(300)),
  () => "x".repeat(1 << (10 + below(7))),
  () => (below(20) ? "y" : "y".repeat(4 << 20)),
  () => "../".repeat(1 + below(30)) + pick(["etc/passwd", "tmp/made-by-a-payload", ".ssh/id_ed25519"]),
  () => pick(["/etc/passwd", "/tmp/made-by-a-payload", "~/.config", "C:\\Windows\\win.ini", "\\\\host\\share\\x"]),
  () => pick(["file:///etc/passwd", "http://127.0.0.1:9/", "https://example.com/", "smb://host/share", "javascript:0"]),
  () => pick(["\0", "\n", "a\0b", "\u202e", "\ud800", "\ufeff", "%00", "%2e%2e%2f", "é".repeat(9000), "🫠"]),
  () => pick(["' OR 1=1 --", '"; DROP TABLE people; --', "%_%", "(", "[a-", "\\", "*", "${HOME}", "$(id)", "`id`"]),
  () => pick(["1", "-1", "0", "1e9", "9".repeat(400), "NaN", "null", "true", "__proto__", "constructor"]),
  () => pick(["org.narthex.desktop:/oauth/callback?code=x&state=y", "customScheme", "loopback", "elsewhere"]),
  () => pick(["0123456789abcdef".repeat(4), "G".repeat(64), "0".repeat(63), " " + "0".repeat(64)]),
];
const text = () => pick(TEXTS)();
const NUMBERS = [0, -1, 1, 20, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 2 ** 64, 1e300, -1e300, NaN, Infinity];

/** Any JSON at all. */
function anything(depth = 0) {
  switch (below(depth < 3 ? 9 : 6)) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
    case 3:
      return pick(NUMBERS);
    case 4:
    case 5:
      return text();
    case 6:
      return nested(pick([1, 100, 127, 128, 129, 5_000]));
    case 7:
      return random() < 0.1 ? Array(2_000).fill(pick(NUMBERS)) : Array.from({ length: below(4) }, () => anything(depth + 1));
    default:
      return Object.fromEntries(Array.from({ length: below(4) }, () => [pick(FIELDS), anything(depth + 1)]));
  }
}

// The fields that requests have, so that much of what is tried gets past the first look.
const FIELDS = [
  ..."search within kind id offset limit personId planId link url clientId redirect request channel cmd __proto__".split(" "),
  "extra",
];
const SHAPES = {
  list_people: () => ({ search: text(), offset: pick(NUMBERS), limit: pick(NUMBERS) }),
  get_person: () => ({ personId: text() }),
  get_plan: () => ({ planId: text() }),
  search: () => ({ search: text(), within: pick([null, { kind: pick(["song", "team", text()]), id: text() }]) }),
  finish_sign_in_by_hand: () => ({ link: text() }),
  open_outside: () => ({ url: text() }),
  save_settings: () => ({ clientId: pick([null, text()]), redirect: pick([null, text()]) }),
  start_sign_in: () => ({ redirect: text() }),
};

/** Something like the request of this command: whole, without a field, with one of another kind, or with one too many. */
function almost(name) {
  const request = SHAPES[name]();
  const field = pick(Object.keys(request));
  switch (below(4)) {
    case 0:
      delete request[field];
      break;
    case 1:
      request[field] = anything();
      break;
    case 2:
      request[pick(FIELDS)] = anything();
      break;
  }
  return request;
}

function body(name) {
  switch (below(10)) {
    case 0:
      return new Uint8Array(below(2_000)).map(() => below(256));
    case 1:
      return { request: anything() };
    case 2:
      return { [pick(FIELDS)]: anything() };
    case 3:
      return { channel: pick([text(), "__CHANNEL__:" + text(), "__CHANNEL__:" + pick(NUMBERS), anything()]) };
    case 4:
      return undefined;
    default:
      return name in SHAPES ? { request: almost(name) } : { request: anything() };
  }
}

/** A call that came to an end in the way all calls do: with an answer, a refusal, or an error in the person's words. */
async function call(name) {
  const sent = body(name);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, `${name}: no answer`));
  const answered = invoke(name, sent).then(
    () => null,
    (error) => {
      if (typeof error === "string" || error?.code !== "unexpected") return null;
      return `${name} ${JSON.stringify(sent)?.slice(0, 300)}: ${JSON.stringify(error)}`;
    },
  );
  return Promise.race([answered, late]);
}

return (async () => {
  const faults = [];
  for (let calls = 0; calls < count; calls += 1) {
    const fault = await call(pick(names));
    if (fault) faults.push(fault);
  }
  return faults;
})();

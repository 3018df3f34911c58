//! Hostile return links: 64 written by hand, each with what it tries, and as many as wanted from a grammar. None of them
//! is the answer that is awaited, so none may be taken for it.

use std::time::Duration;

use url::Url;

/// What a forger may know of the sign-in under way: everything but the `state` and a code of one's own.
pub(crate) struct Known {
    /// The redirect address in use.
    pub(crate) address: String,
    /// The awaited state. Only links that break something else may use it.
    pub(crate) state: String,
    /// A code that the server would take.
    pub(crate) code: String,
    /// The server's own name.
    pub(crate) issuer: String,
}

impl Known {
    /// Reads the awaited answer itself.
    pub(crate) fn of(answer: &Url, issuer: &Url) -> Self {
        let parameter = |wanted: &str| {
            answer
                .query_pairs()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
                .unwrap()
        };
        let text = answer.as_str();
        Self {
            address: text.split('?').next().unwrap().to_owned(),
            state: parameter("state"),
            code: parameter("code"),
            issuer: issuer.origin().ascii_serialization(),
        }
    }

    /// Puts what is known into a pattern: `{A}` address, `{S}` state, `{C}` code, `{I}` issuer.
    fn fill(&self, pattern: &str) -> String {
        let filled = pattern.replace("{A}", &self.address).replace("{S}", &self.state);
        filled.replace("{C}", &self.code).replace("{I}", &self.issuer)
    }
}

/// What is tried, and the link that tries it.
const WRITTEN: [(&str, &str); 64] = [
    ("nothing at all", ""),
    ("the bare scheme", "org.narthex.desktop:"),
    ("no answer", "{A}"),
    ("an empty query", "{A}?"),
    ("a code without a state", "{A}?code={C}"),
    ("a state without an answer", "{A}?state={S}"),
    ("an empty state", "{A}?code={C}&state="),
    ("a guessed state", "{A}?code={C}&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ("the state with a tail", "{A}?code={C}&state={S}A"),
    ("the state with a head", "{A}?code={C}&state=A{S}"),
    ("the state with a space before it", "{A}?code={C}&state=+{S}"),
    ("the state with a space behind it", "{A}?code={C}&state={S}%20"),
    ("the state twice", "{A}?code={C}&state={S}&state={S}"),
    ("a wrong state, then the right one", "{A}?code={C}&state=x&state={S}"),
    ("the right state, then a wrong one", "{A}?code={C}&state={S}&state=x"),
    ("the state under an encoded name, twice", "{A}?code={C}&state={S}&st%61te={S}"),
    ("the state in an array", "{A}?code={C}&state[]={S}"),
    ("the state in capitals", "{A}?code={C}&STATE={S}"),
    ("the state in the fragment", "{A}?code={C}#state={S}"),
    ("everything in the fragment", "{A}#code={C}&state={S}"),
    ("a fragment behind a good answer", "{A}?code={C}&state={S}#"),
    ("an empty code", "{A}?code=&state={S}"),
    ("the code twice", "{A}?code={C}&code={C}&state={S}"),
    ("a second code of another", "{A}?code=CNRY-CODE-other&code={C}&state={S}"),
    ("the code under an encoded name, twice", "{A}?code={C}&c%6fde={C}&state={S}"),
    ("code and error", "{A}?code={C}&error=access_denied&state={S}"),
    ("a denial without a state", "{A}?error=access_denied"),
    ("a denial with a guessed state", "{A}?error=access_denied&state=x"),
    ("a denial with an empty state", "{A}?error=access_denied&state="),
    ("two errors", "{A}?error=access_denied&error=server_error&state={S}"),
    ("an error of no words", "{A}?error=&state={S}"),
    ("an error with markup", "{A}?error=%3Cscript%3E&state={S}"),
    ("an error over two lines", "{A}?error=access_denied%0d%0aX: y&state={S}"),
    ("a NUL in the code", "{A}?code=%00{C}&state={S}"),
    ("a line end in the code", "{A}?code={C}%0d%0a&state={S}"),
    ("a raw line end", "{A}?code={C}&state={S}\n"),
    ("a raw space before it", " {A}?code={C}&state={S}"),
    ("a raw tab inside", "{A}?code=\t{C}&state={S}"),
    ("a raw NUL", "{A}?code={C}\0&state={S}"),
    ("letters beyond ASCII", "{A}?code={C}&state={S}&x=é"),
    ("a right-to-left override", "{A}?code={C}&state={S}&x=\u{202e}"),
    ("half an escape", "{A}?code={C}%&state={S}"),
    ("an escape of no digits", "{A}?code={C}%zz&state={S}"),
    ("bytes that are no UTF-8", "{A}?code=%ff%fe&state={S}"),
    ("an overlong slash", "{A}?code=%c0%af&state={S}"),
    ("a pair without a sign", "{A}?code={C}&state={S}&x"),
    ("an empty pair", "{A}?code={C}&&state={S}"),
    ("semicolons for ampersands", "{A}?code={C};state={S}"),
    ("two question marks", "{A}??code={C}&state={S}"),
    ("another issuer", "{A}?code={C}&state={S}&iss=https://evil.example"),
    ("the issuer with a slash", "{A}?code={C}&state={S}&iss={I}/"),
    ("the issuer twice", "{A}?code={C}&state={S}&iss={I}&iss={I}"),
    ("an empty issuer", "{A}?code={C}&state={S}&iss="),
    ("a slash behind the path", "{A}/?code={C}&state={S}"),
    ("a longer path", "{A}s?code={C}&state={S}"),
    ("a path that climbs", "{A}/../callback?code={C}&state={S}"),
    ("the scheme with a host", "org.narthex.desktop://oauth/callback?code={C}&state={S}"),
    ("the scheme in capitals", "ORG.NARTHEX.DESKTOP:/oauth/callback?code={C}&state={S}"),
    ("a neighbour's scheme", "org.narthex.desktop2:/oauth/callback?code={C}&state={S}"),
    ("another port of this computer", "http://127.0.0.1:8130/oauth/callback?code={C}&state={S}"),
    ("localhost by name", "http://localhost:8127/oauth/callback?code={C}&state={S}"),
    ("a user before the host", "http://x@127.0.0.1:8127/oauth/callback?code={C}&state={S}"),
    ("a script", "javascript:fetch('{A}?code={C}&state={S}')"),
    ("an option of the program", "--pco-url=http://127.0.0.1:1/?code={C}&state={S}"),
];

/// The links written by hand.
pub(crate) fn written(known: &Known) -> Vec<String> {
    WRITTEN.iter().map(|(_, pattern)| known.fill(pattern)).collect()
}

/// `count` links from the grammar. Each is the awaited answer with one to four things changed, one of which always
/// makes it another answer.
pub(crate) fn generated(known: &Known, count: usize, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    (0..count).map(|_| generate(known, &mut random)).collect()
}

fn generate(known: &Known, random: &mut Random) -> String {
    let mut address = known.address.clone();
    let mut pairs = vec![("code".to_owned(), known.code.clone()), ("state".to_owned(), known.state.clone())];
    // What a server may add, which changes nothing.
    if random.below(3) == 0 {
        pairs.push(("iss".to_owned(), known.issuer.clone()));
    }
    if random.below(3) == 0 {
        pairs.push((random.word(), random.word()));
    }
    let mut tail = "";
    match random.below(10) {
        0..=3 => pairs[1].1 = random.state_like(&known.state),
        4 => drop(pairs.remove(1)),
        5 => {
            let twice = pairs[random.below(2)].clone();
            pairs.push((twice.0, random.word()));
        }
        6 => address = random.address_like(&known.address),
        7 => pairs[random.below(2)]
            .1
            .push_str(random.pick(&["%", "%0", "%g1", "%00", "%0a", "%7f", "%ff", "%c3"])),
        8 => tail = random.pick(&["#", "#x", "&", "&x", "\n", " ", "\u{feff}", "\u{0}", "&=%"]),
        _ => pairs.push(("error".to_owned(), random.word())),
    }
    for _ in 0..random.below(3) {
        let place = random.below(pairs.len() + 1);
        pairs.insert(place, (random.word(), random.word()));
    }
    if random.below(2) == 0 {
        pairs.reverse();
    }
    let query: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{address}?{}{tail}", query.join("&"))
}

/// Numbers in a fixed order (SplitMix64): the same seed, the same links.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// A duration shorter than `bound`.
    pub(crate) fn within(&mut self, bound: Duration) -> Duration {
        Duration::from_micros(self.next() % u64::try_from(bound.as_micros()).unwrap())
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A word that is none of the names with a meaning.
    fn word(&mut self) -> String {
        let length = 1 + self.below(24);
        let letters = (0..length).map(|_| char::from(b'a' + u8::try_from(self.below(26)).unwrap()));
        format!("x{}", letters.collect::<String>())
    }

    /// Almost the state: one letter other, one more, one less, another case, or something else altogether.
    fn state_like(&mut self, state: &str) -> String {
        let mut letters: Vec<char> = state.chars().collect();
        let place = self.below(letters.len());
        match self.below(6) {
            0 => letters[place] = if letters[place] == 'A' { 'B' } else { 'A' },
            1 => letters.insert(place, 'A'),
            2 => drop(letters.remove(place)),
            3 => letters.truncate(place),
            4 => letters.push('='),
            _ => return self.word(),
        }
        letters.into_iter().collect()
    }

    /// Almost the redirect address.
    fn address_like(&mut self, address: &str) -> String {
        let mut letters: Vec<char> = address.chars().collect();
        let place = self.below(letters.len());
        match self.below(5) {
            0 => letters.insert(place, self.pick(&["/", ".", "%2f", "@", ":", "\\"]).chars().next().unwrap()),
            1 => drop(letters.remove(place)),
            2 => letters[place] = if letters[place] == 'q' { 'z' } else { 'q' },
            3 => letters.push('/'),
            _ => return format!("{address}/{}", self.word()),
        }
        letters.into_iter().collect()
    }
}

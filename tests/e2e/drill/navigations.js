// Every way known to us by which a script could lead the window, or a part of it, to another page. Each is given the
// address of somewhere else, and does what it does; the page is judged afterwards.
const [number, elsewhere] = arguments;

/** @param {string} tag @param {object} properties @param {Element} parent */
const add = (tag, properties, parent = document.body) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  parent.append(element);
  return element;
};
const link = (properties) => add("a", { href: elsewhere, ...properties }).click();
const form = (properties) => {
  const made = add("form", { action: elsewhere, ...properties });
  add("input", { name: "x", value: "y" }, made);
  return made;
};
const page = "<script>parent.postMessage(1, '*'); top.location = '" + elsewhere + "'</script>";
const frame = (properties) => add("iframe", properties);

const WAYS = [
  () => (location.href = elsewhere),
  () => location.assign(elsewhere),
  () => location.replace(elsewhere),
  () => (location.host = "example.com"),
  () => (location.protocol = "https:"),
  () => (location.pathname = "/other.html"),
  () => (location.href = "https://example.com/"),
  () => (location.href = "https://api.planningcenteronline.com/"),
  () => (location.href = "file:///etc/passwd"),
  () => (location.href = "data:text/html," + encodeURIComponent(page)),
  () => (location.href = URL.createObjectURL(new Blob([page], { type: "text/html" }))),
  () => (location.href = "javascript:'<h1>other</h1>'"),
  () => (location.href = "about:blank"),
  () => (location.href = "tauri://localhost/ipc.js"),
  () => (location.href = "tauri://example.com/"),
  () => (location.href = "http://tauri.localhost/"),
  () => (location.href = "ipc://localhost/settings"),
  () => (location.href = "avatar://localhost/1"),
  () => (location.href = "org.narthex.desktop:/oauth/callback?code=x&state=y"),
  () => (location.href = "mailto:somebody@example.com"),
  () => link({}),
  () => link({ target: "_blank" }),
  () => link({ target: "_top" }),
  () => link({ target: "elsewhere", rel: "opener" }),
  () => link({ download: "page.html" }),
  () => link({ ping: elsewhere, href: "#/" }),
  () => form({ method: "get" }).submit(),
  () => form({ method: "post" }).submit(),
  () => form({ method: "post", target: "_blank" }).requestSubmit(),
  () => add("meta", { "http-equiv": "refresh", content: `0; url=${elsewhere}` }, document.head),
  () => {
    add("base", { href: elsewhere }, document.head);
    add("a", { href: "page.html" }).click();
  },
  () => window.open(elsewhere),
  () => window.open(elsewhere, "_self"),
  () => window.open("about:blank")?.document.write(page),
  () => frame({ src: elsewhere }),
  () => frame({ srcdoc: page }),
  () => frame({ src: "data:text/html," + encodeURIComponent(page) }),
  () => frame({ src: "javascript:top.location='" + elsewhere + "'" }),
  () => add("object", { data: elsewhere, type: "text/html" }),
  () => add("embed", { src: elsewhere, type: "text/html" }),
  () => {
    history.pushState(null, "", "/other.html");
    location.reload();
  },
  () => {
    history.pushState(null, "", elsewhere);
  },
  () => {
    const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const inside = document.createElementNS("http://www.w3.org/2000/svg", "a");
    inside.setAttribute("href", elsewhere);
    box.append(inside);
    document.body.append(box);
    inside.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  },
  () => add("link", { rel: "prefetch", href: elsewhere }, document.head),
  () => add("link", { rel: "preconnect", href: elsewhere }, document.head),
  () => add("link", { rel: "stylesheet", href: elsewhere }, document.head),
  () => add("script", { src: elsewhere }),
  () => add("video", { src: elsewhere, autoplay: "" }),
  () => new Worker(elsewhere),
  () => navigator.sendBeacon(elsewhere, "x"),
  () => new WebSocket(elsewhere.replace("http", "ws")),
  () => new EventSource(elsewhere),
  () => add("img", { src: elsewhere }),
  () => import(elsewhere),
];
if (number === null) return WAYS.length;
// Some fail on the spot, which is as good as any other way of not getting there.
try {
  Promise.resolve(WAYS[number]()).catch(() => {});
} catch {}
return WAYS[number].toString();

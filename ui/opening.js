// The first question, asked before the page is read: the shell runs this in the empty page, ahead of all that it loads.

(() => {
  const page = /** @type {import("./ipc.js").Page} */ (window);

  page.subscribe = () => {
    /** @type {(listener: import("./ipc.js").Listener) => void} */
    let listen = () => {};
    /** @type {Promise<import("./ipc.js").Listener>} */
    const listening = new Promise((resolve) => {
      listen = resolve;
    });
    const channel = new page.__TAURI__.core.Channel();
    channel.onmessage = (event) => listening.then((listener) => listener(event));
    const first = page.__TAURI__.core.invoke("subscribe", { channel });
    // A failure is told to whoever asks, who may be late.
    first.catch(() => {});
    return { first, listen };
  };
  page.opening = page.subscribe();
})();

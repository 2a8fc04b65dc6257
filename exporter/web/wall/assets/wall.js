// Puts what the server sends in its place. Everything that is shown was rendered, and escaped, there.
"use strict";
(() => {
  const STALE_AFTER = 8000; // milliseconds without news, which come each second
  const AGAIN_AFTER = 2000;
  const tiles = document.getElementById("tiles");
  const stale = document.getElementById("stale");
  const silence = stale.querySelector("span");
  const changes = document.getElementById("changes");
  let heard = performance.now();
  let source, again, begun;

  // In its largest unit and the next, as the server says it.
  const units = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]];
  const length = (seconds) => {
    const first = Math.max(0, units.findIndex(([size]) => seconds >= size));
    const parts = [];
    for (const [size, unit] of units.slice(first, first + 2)) {
      const count = Math.floor(seconds / size);
      seconds -= count * size;
      if (count) parts.push(count + unit);
    }
    return parts.join(" ") || "0s";
  };

  // The server's time: that of this machine may be another.
  let told = Number(document.body.dataset.now);

  const clocks = () => {
    const now = (told + performance.now() - heard) / 1000;
    for (const each of document.querySelectorAll("time[data-since]")) {
      each.textContent = length(Math.max(0, now - Number(each.dataset.since)));
    }
    const silent = performance.now() - heard;
    const gone = silent > STALE_AFTER;
    document.body.classList.toggle("stale", gone);
    stale.hidden = !gone;
    if (gone) silence.textContent = length(silent / 1000);
    if (gone && performance.now() - begun > STALE_AFTER) listen();
  };

  const keepLook = (within) => {
    for (const link of within.querySelectorAll("a")) link.search = document.body.dataset.look;
  };

  const place = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    const made = template.content.firstElementChild;
    const old = document.getElementById(made.id);
    if (!old) {
      tiles.append(made);
      keepLook(made);
      return "";
    }
    const changed = old.className !== made.className;
    const focused = old.contains(document.activeElement);
    old.replaceWith(made);
    keepLook(made); // only now: within a template a link has no address to be relative to
    if (focused) made.querySelector("a").focus();
    return changed ? made.querySelector(".title").textContent + " is " + made.classList[1] : "";
  };

  const arrange = (order) => {
    const wanted = new Set(order.map((name) => "tile-" + name));
    for (const each of [...tiles.children]) if (!wanted.has(each.id)) each.remove();
    const focused = document.activeElement;
    order.forEach((name, index) => {
      const each = document.getElementById("tile-" + name);
      if (each && tiles.children[index] !== each) tiles.insertBefore(each, tiles.children[index] || null);
    });
    if (focused && focused !== document.activeElement && focused.isConnected) focused.focus();
  };

  const show = (news) => {
    heard = performance.now();
    told = news.now;
    const said = Object.values(news.tiles || {}).map(place).filter(Boolean);
    if (said.length) changes.textContent = said.join("; ");
    if (news.order) arrange(news.order);
    if (news.columns) tiles.className = "tiles c" + news.columns;
    for (const name of ["summary", "problems", "rest"]) {
      if (!(name in news)) continue;
      const part = document.getElementById(name);
      part.innerHTML = news[name];
      keepLook(part);
    }
    clocks();
  };

  // Anew, too, where the old connection says nothing without ending: a network that forgets it tells neither side.
  const listen = () => {
    clearTimeout(again);
    if (source) source.close();
    begun = performance.now();
    source = new EventSource(document.body.dataset.events);
    source.onmessage = (event) => show(JSON.parse(event.data));
    source.onerror = () => {
      // A browser comes back by itself where nobody answers, but gives up where a proxy or an exporter that starts does.
      if (source.readyState === EventSource.CLOSED) again = setTimeout(listen, AGAIN_AFTER);
    };
  };
  listen();
  setInterval(clocks, 1000);
  clocks();
})();

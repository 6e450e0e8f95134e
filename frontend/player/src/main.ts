/** The player starts here: reads its address, builds the page, and wires the page's life to the player's. */
import { readShellAddress } from "./link/shell";
import { claimTabKey } from "./link/tab";
import { createTransport } from "./link/transport";
import { Player } from "./player";
import "./style.css";
import { Page } from "./view/page";

async function main(): Promise<void> {
  let player: Player | null = null;
  const page = new Page(document.body, (kind) => void player?.move({ kind }));
  const link = location.pathname.replace(/^\/play\//, "");
  const shell = readShellAddress(location.hash, window);
  player = new Player(page, createTransport(), { link, tab_key: await claimTabKey(link) }, shell);
  watchPage(player);
  await player.begin();
}

function watchPage(player: Player): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") player.onHidden();
  });
  window.addEventListener("pagehide", () => player.onPageHide());
  // A page from the back/forward cache has ended its launch: it starts over.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  window.addEventListener("online", () => player.onConnection(true));
  window.addEventListener("offline", () => player.onConnection(false));
}

void main();

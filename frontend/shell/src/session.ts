/**
 * One stay of a learner: open the LMS's session, launch, listen to the player, keep the LMS up to date, and close
 * properly however the learner leaves. How values are written is the ledger's; what is shown is the page's.
 */
import type { Config, Endpoints, Launched, Reached } from "./config";
import { WORDS } from "./elements";
import { randomHex } from "./encoding";
import { isGenuine, newestEndpoints, rememberEndpoints, rememberedEndpoints } from "./endpoints";
import { learnerToSend } from "./identity";
import { Ledger, type Receipt } from "./ledger";
import { Link } from "./link";
import type { Lms } from "./lms";
import type { Page } from "./page";
import { Receipts } from "./receipts";
import { percentOf, resultOf } from "./result";
import { Refused, Server } from "./server";
import { TEXT } from "./text";

const HELLO_MS = 5000;
const CLOSED_POLL_MS = 250;
const STATE_POLL_MS = 5000;
const LEAVE_MS = 3500;
const BACK_OFF_SECONDS = [1, 2, 4, 8, 15, 30];

type Kind = "frame" | "popup";

export class Session {
  private readonly ledger: Ledger;
  private readonly server: Server;
  private readonly receipts: Receipts;
  private link: Link | null = null;
  private popup: Window | null = null;
  private newest: Reached | null = null;
  private startedAt = -1;
  private token = "";
  private failures = 0;
  private readonly timers: Record<string, number> = {};
  private closed = false;
  private endpoints: Endpoints;
  private ending = false;

  constructor(
    private readonly config: Config,
    private readonly lms: Lms,
    private readonly page: Page,
  ) {
    const mode = lms.get(WORDS[lms.standard].mode);
    this.ledger = new Ledger(lms, mode === "review" || mode === "browse");
    this.endpoints = config.endpoints;
    this.server = new Server(config.endpoints.urls);
    this.receipts = new Receipts(this.server);
  }

  /** Make the LMS's record safe at once, then wait for the learner. */
  open(): void {
    this.keep(this.ledger.begin());
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.hidden();
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload(); // the session was closed when the page went away
    });
    this.offer();
  }

  private offer(): void {
    const note = this.config.window === "popup" ? TEXT.popupStart : "";
    const text = this.ledger.silent ? TEXT.review : TEXT.ready;
    this.page.show({
      text,
      note,
      actions: [{ label: TEXT.start, act: () => this.start(this.config.window) }],
    });
  }

  /** Start from a click: a popup must be opened before anything is waited for. */
  private start(kind: Kind): void {
    this.stopListening();
    this.popup = kind === "popup" ? window.open("about:blank", `courseway-${this.config.dispatch}`) : null;
    if (kind === "popup" && !this.popup) {
      this.page.show({
        text: TEXT.popupBlocked,
        tone: "bad",
        actions: [{ label: TEXT.start, act: () => this.start("popup") }],
      });
      return;
    }
    this.page.show({ text: TEXT.starting, actions: [{ label: TEXT.start }] });
    this.launch(kind, 0);
  }

  private async launch(kind: Kind, attempt: number): Promise<void> {
    const nonce = randomHex(16);
    try {
      await this.play(kind, nonce, await this.server.launch(this.config.dispatch, await this.request(nonce)));
    } catch (problem) {
      if (this.closed) return;
      if (problem instanceof Refused) this.refuse(problem);
      else this.waitToLaunch(kind, attempt);
    }
  }

  private async request(nonce: string): Promise<unknown> {
    const { lms, config, ledger } = this;
    const words = WORDS[lms.standard];
    const kept = [ledger.marker?.e, rememberedEndpoints(config)];
    this.endpoints = await newestEndpoints(config, kept);
    // The package's own list stays the last resort: the service may have moved back.
    const urls = this.endpoints.urls.concat(config.endpoints.urls);
    if (!this.token) this.server.urls = urls.filter((url, index) => urls.indexOf(url) === index);
    return {
      key: config.key,
      learner: await learnerToSend(lms.get(words.learnerId), lms.get(words.learnerName), config.hash_key),
      fresh: lms.get(words.entry) === "ab-initio",
      lms: {
        mode: lms.get(words.mode),
        values: ledger.report(),
        marker: ledger.marker && { r: ledger.marker.r, v: ledger.marker.v },
      },
      shell: { version: config.version, format: config.format, standard: lms.standard },
      nonce,
      shell_origin: location.origin,
    };
  }

  private async play(kind: Kind, nonce: string, launched: Launched): Promise<void> {
    if (this.closed) return;
    await this.follow(launched.endpoints);
    this.token = launched.token;
    this.receipts.begin(launched.token);
    if (this.startedAt < 0) this.startedAt = performance.now();
    this.newest = { revision: launched.revision, summary: launched.summary };
    this.ledger.adopt(
      launched.registration_id,
      this.newest,
      this.endpoints === this.config.endpoints ? null : this.endpoints,
    );
    // When nothing is lacking, the LMS took it although its receipt may never have reached us.
    if (!this.save()) this.keep(this.ledger.readBack());
    const address = `${launched.player_url}#n=${nonce}&o=${encodeURIComponent(location.origin)}&m=${kind}`;
    if (this.popup) this.inPopup(address, nonce);
    else this.inFrame(address, nonce);
  }

  /** Remember where the service says it is now, when that is news and properly signed. */
  private async follow(list: Endpoints | undefined): Promise<void> {
    if (!list || list.urls.join() === this.endpoints.urls.join() || list.serial <= this.endpoints.serial)
      return;
    if (!(await isGenuine(this.config, list))) return;
    this.endpoints = list;
    rememberEndpoints(this.config, list);
  }

  private inFrame(address: string, nonce: string): void {
    let frame: HTMLIFrameElement | null = null;
    this.listen(() => frame?.contentWindow || null, address, nonce);
    frame = this.page.showFrame(address);
    this.timers.hello = window.setTimeout(() => {
      this.page.showBar(TEXT.frameBlocked, [
        { label: TEXT.ownWindow, act: () => this.start("popup") },
        { label: TEXT.frameWait, act: () => this.page.hideBar() },
      ]);
    }, HELLO_MS);
  }

  private inPopup(address: string, nonce: string): void {
    const popup = this.popup as Window;
    this.listen(() => popup, address, nonce);
    popup.location.replace(address);
    const show = { label: TEXT.popupShow, act: () => popup.focus() };
    this.page.show({ text: TEXT.popupOpen, actions: [show] });
    this.timers.poll = window.setInterval(() => {
      if (!popup.closed) return;
      window.clearInterval(this.timers.poll);
      if (this.link?.connected) this.end(true);
      else this.detached();
    }, CLOSED_POLL_MS);
  }

  private listen(player: () => Window | null, address: string, nonce: string): void {
    this.link = new Link(player, new URL(address).origin, nonce, {
      onHello: () => {
        window.clearTimeout(this.timers.hello);
        this.page.hideBar();
      },
      onState: (reached) => this.reach(reached),
      onFinish: (reached) => {
        this.reach(reached);
        this.end(false);
      },
    });
  }

  private stopListening(): void {
    for (const name in this.timers) window.clearTimeout(this.timers[name]);
    this.link?.close();
    this.link = null;
  }

  /** The LMS's headers cut us from the window: the server tells what the player reached. */
  private detached(): void {
    this.page.show({
      text: TEXT.popupDetached,
      actions: [{ label: TEXT.popupDone, act: () => this.end(true) }],
    });
    this.timers.poll = window.setInterval(() => this.catchUp(true), STATE_POLL_MS);
  }

  private async catchUp(mayEnd: boolean): Promise<void> {
    try {
      const state = await this.server.state(this.token);
      if (this.closed) return;
      this.reach(state);
      if (mayEnd && state.ended) this.end(false);
    } catch {
      // the next poll, or the next launch, brings it
    }
  }

  private reach(reached: Reached): void {
    if (this.closed || !reached.summary) return;
    if (!this.newest || reached.revision >= this.newest.revision) this.newest = reached;
    this.ledger.hold(reached);
    if (!this.failures) this.save();
    else this.tell(null);
  }

  /** Write what the LMS lacks; when it refuses, try again ever more slowly. */
  private save(elapsed: number | null = null): Receipt | null {
    const receipt = this.ledger.save(elapsed);
    this.keep(receipt);
    this.tell(receipt);
    if (this.ledger.pending) this.saveLater();
    else this.failures = 0;
    return receipt;
  }

  private saveLater(): void {
    const delay = BACK_OFF_SECONDS[Math.min(this.failures++, BACK_OFF_SECONDS.length - 1)] as number;
    window.clearTimeout(this.timers.retry);
    this.timers.retry = window.setTimeout(() => (this.ending ? this.close() : this.save()), delay * 1000);
  }

  private tell(receipt: Receipt | null): void {
    if (this.ledger.silent || !this.link || !this.newest) return;
    const ok = receipt ? receipt.ok : !this.ledger.pending;
    const error = receipt ? receipt.error : "";
    this.link.send({ type: "taken", revision: receipt ? receipt.revision : this.newest.revision, ok, error });
  }

  private keep(receipt: Receipt | null): void {
    if (receipt && receipt.revision >= 0) this.receipts.add(receipt);
  }

  /** The learner has finished or closed the course; with `ask`, first fetch what the player sent last. */
  private async end(ask: boolean): Promise<void> {
    if (this.ending || this.closed) return;
    this.ending = true;
    window.clearTimeout(this.timers.poll);
    if (ask) {
      this.page.show({ text: TEXT.saving, actions: [] });
      await Promise.race([this.lastState(), pause(LEAVE_MS)]);
    }
    this.close();
  }

  private async lastState(): Promise<void> {
    await pause(400); // the closing window's beacon needs a moment
    await this.catchUp(false);
  }

  /** Save, and finish only what was saved: the learner decides whether to leave before that. */
  private close(force = false): void {
    if (this.closed) return;
    this.save(this.elapsed());
    if (this.ledger.pending && !force) {
      this.link?.send({ type: "finished", ok: false, error: "not saved" });
      window.setTimeout(() => this.showUnsaved(), this.failures > 1 ? 0 : LEAVE_MS);
      return;
    }
    const ok = this.finish();
    this.link?.send({ type: "finished", ok, error: ok ? "" : this.lms.error.code });
    const away = this.popup || this.failures ? 0 : 1500; // let the player leave its page first
    window.setTimeout(() => this.showDone(ok), away);
  }

  private finish(): boolean {
    const ok = this.lms.finish();
    this.closed = true;
    if (this.newest && !this.ledger.silent) {
      const { code, text, diagnostic } = this.lms.error;
      const error = ok ? "" : `finish ${code} ${text}`.trim();
      this.receipts.add({
        revision: this.newest.revision,
        ok,
        error,
        diagnostic: ok ? "finished" : diagnostic,
        values: {},
      });
    }
    return ok;
  }

  private showUnsaved(): void {
    if (this.closed) return;
    this.page.show({
      text: TEXT.notSaved,
      note: TEXT.safe,
      tone: "bad",
      actions: [
        { label: TEXT.now, act: () => this.close() },
        { label: TEXT.leave, act: () => this.close(true) },
      ],
    });
  }

  private showDone(ok: boolean): void {
    const again = { label: TEXT.startAgain, act: () => location.reload() };
    if (this.ledger.silent) {
      this.page.show({ text: TEXT.reviewDone, actions: [again] });
      return;
    }
    const summary = this.newest?.summary;
    const saved = ok && !this.ledger.pending;
    this.page.show({
      text: saved ? TEXT.done : TEXT.safe,
      result: summary ? resultOf(summary, percentOf(summary.score)) : "",
      tone: saved ? "good" : "bad",
      actions: [again],
    });
  }

  /** The last sure event on a phone: nothing is finished, everything is saved. */
  private hidden(): void {
    if (this.closed || this.startedAt < 0) return;
    this.save(this.elapsed());
    this.receipts.flush();
  }

  /** The page goes away. Whatever happens now must be synchronous. */
  private leave(): void {
    if (!this.closed) {
      this.link?.send({ type: "lms_gone" });
      if (this.startedAt < 0) this.lms.finish();
      else this.keep(this.ledger.leave(this.elapsed()));
      this.closed = true;
      this.stopListening();
    }
    this.receipts.flush();
  }

  private elapsed(): number {
    return this.startedAt < 0 ? 0 : (performance.now() - this.startedAt) / 1000;
  }

  private refuse(problem: Refused): void {
    this.popup?.close();
    this.page.show({
      text: problem.detail || TEXT.refused,
      note: TEXT.id(problem.id || problem.code),
      tone: "bad",
      actions: [{ label: TEXT.again, act: () => this.start(this.config.window) }],
    });
  }

  private waitToLaunch(kind: Kind, attempt: number): void {
    const seconds = BACK_OFF_SECONDS[Math.min(attempt, BACK_OFF_SECONDS.length - 1)] as number;
    const go = () => {
      window.clearTimeout(this.timers.launch);
      this.launch(kind, attempt + 1);
    };
    this.timers.launch = window.setTimeout(go, seconds * 1000);
    this.page.show({ text: TEXT.retrying(seconds), actions: [{ label: TEXT.now, act: go }] });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve, milliseconds));
}

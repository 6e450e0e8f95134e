/**
 * The learner's way through a launch: start, delivery after delivery, and leaving in order.
 * What may come next is the server's to say; how it looks is the page's.
 */
import type { Delivery, HiddenControl } from "./cmi";
import type { QueueStatus } from "./commits/queue";
import { Exits, isExit } from "./exits";
import { keepTime } from "./limits";
import { GivenUp, tryNow } from "./link/retry";
import { openShellLine, type ShellAddress, type ShellLine } from "./link/shell";
import { carryTabKey } from "./link/tab";
import { problemOf, type Transport } from "./link/transport";
import type { NavigateAnswer, NavigationRequest, Problem, Refused, TocEntry } from "./protocol";
import { type LaunchKey, openSession, type Session } from "./session";
import { planAfterTerminate } from "./stage/requests";
import { DeliveryRun } from "./stage/run";
import type { BarControl } from "./view/bar";
import { problemScreen, SCREENS } from "./view/messages";
import type { Page } from "./view/page";
import type { Screen } from "./view/screens";
import { countParts, isDone } from "./view/toc";
import { WORDS } from "./view/words";

const HEARTBEAT_MS = 30_000;
const OFFLINE_HEARTBEAT_MS = 10_000;
const SAVING_SHOWN_AFTER_MS = 1_500;

const OPEN_ELSEWHERE = "learning.open_elsewhere";

type Phase = "starting" | "active" | "moving" | "over";

const FLOW = ["previous", "continue"] as const;
const OUT = ["suspendAll", "exitAll", "abandonAll"] as const;

export class Player {
  private readonly page: Page;
  private readonly transport: Transport;
  private readonly key: LaunchKey;
  private readonly shell: ShellLine;
  private session: Session | null = null;
  private run: DeliveryRun | null = null;
  private phase: Phase = "starting";
  /** All activities with content. */
  private parts = 0;
  private lmsWaiting = false;
  private heartbeatTimer: ReturnType<typeof setTimeout> | null = null;
  private savingTimer: ReturnType<typeof setTimeout> | null = null;
  private stopTimeLimit: () => void = () => {};

  constructor(page: Page, transport: Transport, key: LaunchKey, shell: ShellAddress | null) {
    this.page = page;
    this.transport = transport;
    this.key = key;
    this.shell = openShellLine(shell, {
      onTaken: (ok) => {
        this.lmsWaiting = !ok;
        if (this.session) this.showStatus(this.session.queue.status);
      },
      onLmsGone: () => this.page.setNotice(WORDS.leftLms, "warn"),
    });
  }

  /** Start or resume; with `takeover` the other window that has this registration open is cut off. */
  async begin(takeover = false): Promise<void> {
    this.phase = "starting";
    this.page.setBusy(true);
    try {
      this.session = await openSession(
        this.transport,
        this.key,
        takeover,
        { onFailure: (_, reference) => this.page.show(SCREENS.unreachable(tryNow, reference), true) },
        {
          onStatus: (status) => this.showStatus(status),
          onProgress: (tocChanged) => this.showProgress(tocChanged),
          onRefused: (problem) => this.fail(problem),
        },
      );
      this.enter(this.session);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === OPEN_ELSEWHERE) this.askTakeover();
      else this.fail(problem);
    }
  }

  /** Follow a request of the learner or of the content. */
  async move(request: NavigationRequest, byContent = false): Promise<void> {
    const session = this.session;
    if (!session || this.phase !== "active") return;
    const exits = new Exits(session.queue);
    if (!byContent && session.queue.status.offline) {
      if (!isExit(request.kind)) return this.page.setNotice(WORDS.offlineMove, "warn");
      const word = await exits.confirm();
      if (word === "stay" || this.phase !== "active") return;
      if (word === "leave") return this.leaveUnsaved(session, request);
    }
    this.phase = "moving";
    this.page.setNotice("");
    this.page.setBusy(true);
    this.leaveContent();
    this.showControls();
    try {
      const answer = await session.navigate(request, exits.patience(this.page, request));
      await this.follow(session, request, answer);
    } catch (error) {
      if (error instanceof GivenUp) return this.leaveUnsaved(session, request);
      this.fail(problemOf(error));
    }
  }

  /** The page is hidden and may never be seen again. */
  onHidden(): void {
    if (this.phase === "active" || this.phase === "moving") this.session?.queue.flushHidden();
  }

  /** The page goes: the content says its last, and everything leaves by beacon. */
  onPageHide(): void {
    if (!this.session || this.phase === "over" || this.phase === "starting") return;
    this.leaveContent();
    this.finalise(this.session);
  }

  onConnection(online: boolean): void {
    if (!this.session || this.phase === "over") return;
    if (!online) {
      this.session.queue.failed();
      return this.beatLater();
    }
    tryNow();
    this.session.queue.nudge();
    void this.session.heartbeat();
  }

  private enter(session: Session): void {
    const { start } = session;
    this.phase = "active";
    this.page.root.dataset.session = "active";
    this.parts = countParts(start.tree);
    this.lmsWaiting = false;
    this.page.bar.setRecorded(start.mode === "normal");
    this.page.setBanner(start.mode === "normal" ? "" : WORDS[start.mode]);
    this.page.setTree(start.tree, (target) => void this.move({ kind: "choice", target }));
    this.beatLater();
    this.showStatus(session.queue.status);
    this.shell.state(session.revision, session.summary);
    if (start.ended) this.over(SCREENS.launchEnded());
    else this.proceed(start.delivery, start.refused);
  }

  private async follow(session: Session, request: NavigationRequest, answer: NavigateAnswer): Promise<void> {
    if (this.phase !== "moving") return;
    const stuck = isExit(request.kind) && answer.delivery === null;
    if (answer.ended || stuck) return this.exit(session, request, answer.exit_url);
    this.phase = "active";
    this.proceed(answer.delivery, answer.refused);
  }

  /** Show what comes next, or, when nothing does, the contents to choose from. */
  private proceed(delivery: Delivery | null, refused: Refused | null): void {
    if (delivery) {
      this.deliver(delivery);
      if (refused) this.page.setNotice(refused.detail, "warn");
      return;
    }
    this.page.root.dataset.delivery ??= "0";
    this.page.setBusy(false);
    this.page.setTitle(this.session?.start.course.title ?? "");
    this.page.bar.setTitles(this.session?.start.course.title ?? "", "");
    const listed = this.countListed() > 1;
    this.page.offerToc(listed);
    const choosable = listed && this.countListed((entry) => entry?.enabled ?? false) > 0;
    const open = choosable && !this.page.tocOpen ? () => this.page.openToc(true, true) : null;
    this.page.show(SCREENS.choose(refused, choosable, open));
    this.showProgress();
  }

  private deliver(delivery: Delivery): void {
    const session = this.session;
    if (!session) return;
    const { course, settings } = session.start;
    this.page.clear();
    this.page.setNotice("");
    this.page.setBusy(true);
    this.page.root.dataset.delivery = String(delivery.number);
    this.page.root.dataset.current = delivery.activity;
    this.page.bar.setTitles(course.title, delivery.title);
    this.page.setTitle(
      delivery.title === course.title ? course.title : `${delivery.title} · ${course.title}`,
    );
    this.page.offerToc(
      this.countListed() > 1 && delivery.toc_visible && settings.show_toc !== false,
      settings.toc_open,
    );
    const run = new DeliveryRun(course.standard, delivery, this.page.stage, {
      onSet: () => session.queue.touch(),
      onCommit: () => session.queue.commit(),
      onTerminate: (navRequest, exit) => this.onTerminated(session, navRequest, exit),
      onLoad: () => this.onLoaded(delivery),
    });
    this.run = run;
    session.queue.attach(() => run.take());
    this.page.bar.resources.offer(delivery.resources);
    const exit = this.parts > 1 ? "exit" : "exitAll";
    this.stopTimeLimit = keepTime(
      delivery,
      this.page,
      () => void this.move({ kind: exit, timed_out: true }, true),
    );
    this.showProgress();
  }

  private onLoaded(delivery: Delivery): void {
    if (this.run?.delivery !== delivery) return;
    if (this.page.stage.getAttribute("aria-busy") !== "true") return;
    this.page.setBusy(false);
    // A notice that came with the part is read out after it, not lost to it.
    this.page.say([WORDS.nowShowing(delivery.title), this.page.noticed].filter(Boolean).join(". "));
    if (document.hasFocus()) this.run.focus();
  }

  private onTerminated(session: Session, navRequest: string | null, exit: string | undefined): void {
    session.queue.terminate();
    if (this.phase !== "active") return;
    this.stopTimeLimit();
    const next = planAfterTerminate(session.start.course.standard, navRequest, exit);
    // The content's own Terminate call returns first; what follows takes its frame away.
    if (next) setTimeout(() => void this.move(next, true), 0);
    else this.showTerminated(session);
  }

  /** The content is finished but stays to be read: say so, and offer the way on. */
  private showTerminated(session: Session): void {
    this.showControls();
    if (this.parts > 1) return this.page.setNotice(WORDS.goOn);
    if (session.start.mode !== "normal") return;
    const slow = setTimeout(() => this.page.setNotice(WORDS.canCloseUnsaved), SAVING_SHOWN_AFTER_MS);
    void session.queue.drained().then(() => {
      clearTimeout(slow);
      if (this.run?.terminated && this.phase === "active") this.page.setNotice(WORDS.canClose, "good");
    });
  }

  private leaveContent(): void {
    this.stopTimeLimit();
    this.run?.leave();
    this.session?.queue.detach();
    this.run = null;
    this.page.root.dataset.current = "";
    this.page.bar.resources.offer([]);
  }

  /** Leave in order: the shell first, then this page goes away by itself. */
  private async exit(session: Session, request: NavigationRequest, exitUrl: string | null): Promise<void> {
    this.over(
      session.start.mode === "normal"
        ? SCREENS.ended(reasonOf(request), session.summary)
        : SCREENS.endedPreview(),
    );
    const url = exitUrl ?? session.start.exit_url;
    if (this.shell.present) await this.shell.finish(reasonOf(request), session.revision, session.summary);
    if (url && /^(https?:\/\/|\/)/.test(url)) location.replace(url);
    else if (this.shell.present) location.replace("/play/goodbye");
  }

  /** The learner leaves although changes wait: they stay on this device, the shell finishes with what is acknowledged. */
  private leaveUnsaved(session: Session, request: NavigationRequest): void {
    this.leaveContent();
    this.finalise(session);
    this.over(SCREENS.endedOffline());
    if (this.shell.present) void this.shell.finish(reasonOf(request), session.revision, session.summary);
  }

  private finalise(session: Session): void {
    const { offline, waiting } = session.queue.status;
    if (offline && waiting > 0 && session.start.mode === "normal") carryTabKey(this.key.tab_key);
    session.queue.finalise();
  }

  private fail(problem: Problem): void {
    if (this.phase === "over") return;
    const elsewhere = problem.code === "learning.superseded" || problem.code === OPEN_ELSEWHERE;
    this.over(elsewhere ? SCREENS.superseded(() => void this.begin(true)) : problemScreen(problem));
  }

  /** Nothing is sent or played any more. */
  private over(screen: Screen): void {
    this.session?.queue.stop();
    this.leaveContent();
    this.phase = "over";
    this.page.root.dataset.session = "ended";
    this.beatLater();
    this.page.setNotice("");
    this.page.offerToc(false);
    this.page.bar.setTitles(this.session?.start.course.title ?? "", "");
    this.page.bar.setControls({ valid: null, hide: [], usable: false, flow: false, suggested: null }, false);
    this.page.show(screen);
  }

  private askTakeover(): void {
    this.page.show(
      SCREENS.takeover(
        () => void this.begin(true),
        () => this.over(SCREENS.leftAlready()),
      ),
    );
  }

  /** Being offline with changes waiting, the queue's own tries tell when the server is back. */
  private beatLater(): void {
    const session = this.session;
    if (this.heartbeatTimer !== null) clearTimeout(this.heartbeatTimer);
    if (!session || this.phase === "over") return;
    const { offline, waiting } = session.queue.status;
    this.heartbeatTimer = setTimeout(
      () => {
        const beat = offline && waiting > 0 ? Promise.resolve() : session.heartbeat();
        void beat.finally(() => this.beatLater());
      },
      offline ? OFFLINE_HEARTBEAT_MS : HEARTBEAT_MS,
    );
  }

  private showControls(): void {
    const settings = this.session?.start.settings;
    const usable = this.phase === "active";
    this.page.bar.setControls(
      {
        // With no part open there is nothing to end or to suspend, but one may always leave.
        valid: this.session
          ? { ...this.session.valid, ...(this.run ? {} : { suspendAll: true, exitAll: true }) }
          : null,
        hide: this.hidden(),
        usable,
        flow: this.parts > 1,
        suggested: this.suggest(),
      },
      settings?.show_nav !== false,
    );
    this.page.toc?.setUsable(usable);
  }

  /** What the part hides. Where its content has ended and left no way on or out, the ways out come back. */
  private hidden(): readonly HiddenControl[] {
    const { run, session } = this;
    const hide = run?.delivery.hide ?? [];
    if (!run?.terminated || this.page.tocOffered) return hide;
    const ways = this.parts > 1 ? [...FLOW, ...OUT] : OUT;
    const open = ways.some((way) => !hide.includes(way) && session?.valid[way]);
    return open ? hide : hide.filter((control) => control !== "suspendAll" && control !== "exitAll");
  }

  /** The way on is emphasised once the part is behind the learner: before that, the course itself leads. */
  private suggest(): BarControl | null {
    const { run, session } = this;
    if (!run || !session) return null;
    if (this.parts === 1) return run.terminated ? "exitAll" : null;
    const done = run.terminated || isDone(session.toc[run.delivery.activity]);
    return done && session.valid.continue ? "continue" : null;
  }

  /** Parts in the table of contents that the learner sees, narrowed down. */
  private countListed(counts: (entry: TocEntry | undefined) => boolean = () => true): number {
    const { session } = this;
    if (!session) return 0;
    return countParts(session.start.tree, (node) => {
      const entry = session.toc[node.id];
      return node.visible && (entry?.visible ?? true) && counts(entry);
    });
  }

  private showProgress(tocChanged = true): void {
    const session = this.session;
    if (!session || this.phase === "over") return;
    if (tocChanged) {
      const whole = session.valid.choice[session.start.tree.id] ?? false;
      this.page.toc?.update(session.toc, this.run?.delivery.activity ?? null, whole);
      this.showControls();
    }
    this.shell.state(session.revision, session.summary);
    if (session.start.settings.show_progress_bar === false) return this.page.bar.setProgress(null, "");
    const { progress, completion } = session.summary;
    const listed = this.countListed();
    if (listed > 1) {
      const done = this.countListed(isDone);
      return this.page.bar.setProgress(done / listed, WORDS.progress(done, listed));
    }
    const share = progress ?? (completion === "completed" ? 1 : null);
    this.page.bar.setProgress(share, WORDS.percent(share ?? 0));
  }

  private showStatus(status: QueueStatus): void {
    if (this.savingTimer !== null) clearTimeout(this.savingTimer);
    this.savingTimer = null;
    if (this.session && this.session.start.mode !== "normal") {
      return this.page.setSaved({ kind: "not-recorded" });
    }
    const show = (kind: "saved" | "saving" | "offline") =>
      this.page.setSaved({ kind, changes: status.waiting, lmsWaiting: this.lmsWaiting });
    if (status.offline) show("offline");
    else if (status.waiting === 0) show("saved");
    else this.savingTimer = setTimeout(() => show("saving"), SAVING_SHOWN_AFTER_MS);
  }
}

function reasonOf(request: NavigationRequest): "exit" | "suspend" | "abandon" {
  if (request.kind === "suspendAll") return "suspend";
  return request.kind === "abandonAll" || request.kind === "abandon" ? "abandon" : "exit";
}

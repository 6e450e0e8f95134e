/** The content's frame: put in, watched for windows it opens, and taken out so that its last handlers still run. */

export interface ContentFrame {
  element: HTMLIFrameElement;
  popups: Set<Window>;
}

const FEATURES = [
  "accelerometer",
  "autoplay",
  "camera",
  "clipboard-write",
  "encrypted-media",
  "geolocation",
  "gyroscope",
  "microphone",
  "picture-in-picture",
];

/** Put content into the stage. The API object must be on the window before this. */
export function mountFrame(stage: HTMLElement, url: string, title: string, onLoad: () => void): ContentFrame {
  const element = document.createElement("iframe");
  const frame: ContentFrame = { element, popups: new Set() };
  element.name = "content";
  element.title = title;
  element.allow = FEATURES.join("; ");
  element.allowFullscreen = true;
  element.addEventListener("load", () => {
    watchPopups(frame);
    onLoad();
  });
  element.src = url;
  stage.append(element);
  return frame;
}

/**
 * Take content out. Handlers of `beforeunload` do not run when a frame is removed, yet many courses finish there:
 * the event is dispatched by hand first; the removal itself then fires `pagehide` and `unload`.
 */
export function emptyFrame(frame: ContentFrame): void {
  const content = frame.element.contentWindow;
  if (content) farewell(content);
  for (const popup of frame.popups) {
    farewell(popup);
    quietly(() => popup.close());
  }
  frame.popups.clear();
  frame.element.remove();
}

function farewell(content: Window): void {
  for (const inner of innerFrames(content)) farewell(inner);
  announceUnload(content);
}

function innerFrames(content: Window): Window[] {
  return Array.from({ length: quietly(() => content.length) ?? 0 }, (_, index) => content[index] as Window);
}

/** Foreign windows throw here and are left alone. */
function announceUnload(content: Window): void {
  quietly(() => {
    const event = content.document.createEvent("Event");
    event.initEvent("beforeunload", false, true);
    content.dispatchEvent(event);
  });
}

/**
 * Remember windows the content opens: they are the content too, and are closed with it.
 *
 * The wrapper is made in the content's own realm, so that the new window's opener stays the content's window.
 */
function watchPopups(frame: ContentFrame): void {
  quietly(() => {
    const content = frame.element.contentWindow as (Window & { Function: FunctionConstructor }) | null;
    const wrap = content?.Function(
      "popups",
      "var open = window.open; window.open = function () {" +
        " var popup = open.apply(window, arguments); if (popup) popups.add(popup); return popup; };",
    );
    wrap?.(frame.popups);
  });
}

function quietly<Value>(act: () => Value): Value | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

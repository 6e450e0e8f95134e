// The film of the sample course, drawn frame by frame: a container's way from the ship to the road.
// `drawFrame(context, seconds)` paints the picture of that moment; nothing depends on the clock.

const WIDTH = 960;
const HEIGHT = 540;
const SECONDS = 78;
const QUAY_X = 620;
const GROUND = 400;

const CHAPTERS = [
  { at: 0, title: "1  Arrival" },
  { at: 13, title: "2  Lock on" },
  { at: 26, title: "3  Lift and travel" },
  { at: 39, title: "4  Set down" },
  { at: 52, title: "5  Lash and check" },
  { at: 65, title: "6  On the road" },
];

const clamp = (value, low = 0, high = 1) => Math.min(high, Math.max(low, value));
const ease = (value) => { const t = clamp(value); return t * t * (3 - 2 * t); };
const between = (time, from, to) => ease((time - from) / (to - from));
const mix = (a, b, t) => a + (b - a) * t;

function noise(seed) {
  const value = Math.sin(seed * 127.1) * 43758.5453;
  return value - Math.floor(value);
}

function sky(context, time) {
  const gradient = context.createLinearGradient(0, 0, 0, GROUND);
  const warm = 1 - between(time, 0, 40);
  gradient.addColorStop(0, `hsl(${mix(205, 222, warm)} ${mix(70, 52, warm)}% ${mix(62, 40, warm)}%)`);
  gradient.addColorStop(1, `hsl(${mix(200, 28, warm)} 85% ${mix(88, 76, warm)}%)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  const sun = { x: mix(150, 330, time / SECONDS), y: mix(300, 70, between(time, 0, 78)) };
  const glow = context.createRadialGradient(sun.x, sun.y, 4, sun.x, sun.y, 170);
  glow.addColorStop(0, "rgba(255,244,214,.95)");
  glow.addColorStop(0.18, "rgba(255,226,160,.55)");
  glow.addColorStop(1, "rgba(255,220,150,0)");
  context.fillStyle = glow;
  context.fillRect(0, 0, WIDTH, GROUND);
  for (let cloud = 0; cloud < 7; cloud++) {
    const x = ((noise(cloud) * 1300 + time * (5 + cloud)) % 1300) - 170;
    const y = 36 + noise(cloud + 9) * 120;
    context.fillStyle = `rgba(255,255,255,${0.35 + 0.3 * noise(cloud + 3)})`;
    for (let puff = 0; puff < 5; puff++) {
      context.beginPath();
      context.ellipse(x + puff * 26, y - Math.sin(puff * 1.3) * 10, 34, 15, 0, 0, Math.PI * 2);
      context.fill();
    }
  }
}

function hills(context) {
  context.fillStyle = "#6d8fa3";
  context.beginPath();
  context.moveTo(0, GROUND);
  for (let x = 0; x <= WIDTH; x += 12) context.lineTo(x, 318 - 34 * Math.sin(x / 170) - 16 * Math.sin(x / 61 + 2));
  context.lineTo(WIDTH, GROUND);
  context.fill();
}

function sea(context, time) {
  const gradient = context.createLinearGradient(0, 350, 0, HEIGHT);
  gradient.addColorStop(0, "#3f87a6");
  gradient.addColorStop(1, "#0f3d5c");
  context.fillStyle = gradient;
  context.fillRect(0, 352, QUAY_X, HEIGHT - 352);
  for (let row = 0; row < 13; row++) {
    const y = 362 + row * row * 1.1;
    context.strokeStyle = `rgba(214,240,248,${0.16 + 0.02 * row})`;
    context.lineWidth = 1 + row * 0.16;
    context.beginPath();
    for (let x = 0; x <= QUAY_X; x += 6) {
      const height = Math.sin(x / (22 + row * 5) + time * (1.5 - row * 0.05) + row * 1.7) * (1 + row * 0.42)
        + Math.sin(x / (9 + row) - time * 2 + row) * 0.9;
      if (x) context.lineTo(x, y + height); else context.moveTo(x, y + height);
    }
    context.stroke();
  }
  for (let glint = 0; glint < 130; glint++) {
    const phase = noise(glint) * 6.28;
    const light = Math.sin(time * (1 + noise(glint + 40)) + phase);
    if (light < 0.4) continue;
    context.fillStyle = `rgba(255,250,225,${(light - 0.4) * 0.9})`;
    context.fillRect(noise(glint + 71) * (QUAY_X - 6), 360 + noise(glint + 17) * 170, 5, 1.6);
  }
}

function quay(context) {
  context.fillStyle = "#8b8f93";
  context.fillRect(QUAY_X, GROUND, WIDTH - QUAY_X, HEIGHT - GROUND);
  context.fillStyle = "#a5a9ad";
  context.fillRect(QUAY_X, GROUND, WIDTH - QUAY_X, 12);
  context.fillStyle = "#4b5158";
  context.fillRect(QUAY_X, GROUND + 12, 14, HEIGHT);
  for (let stripe = 0; stripe < 9; stripe++) {
    context.fillStyle = stripe % 2 ? "#2b2f33" : "#f2c14e";
    context.fillRect(QUAY_X + stripe * 18, GROUND, 18, 5);
  }
  context.strokeStyle = "rgba(255,255,255,.5)";
  context.setLineDash([26, 20]);
  context.lineWidth = 3;
  context.beginPath();
  context.moveTo(QUAY_X + 16, 486);
  context.lineTo(WIDTH, 486);
  context.stroke();
  context.setLineDash([]);
  const colours = ["#c8553d", "#2e6f95", "#588157", "#e0a458", "#7b6d8d"];
  for (let column = 0; column < 3; column++) {
    for (let level = 0; level < 2 + (column % 2); level++) {
      container(context, 858 + column * 6 + column * 40, 372 - level * 27 - 0.01, colours[(column * 2 + level) % 5], 0.62);
    }
  }
}

function container(context, x, y, colour, scale = 1) {
  const width = 92 * scale;
  const height = 42 * scale;
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
  context.fillStyle = "rgba(0,0,0,.16)";
  for (let rib = 0; rib < 11; rib++) context.fillRect(x + 5 * scale + rib * 8 * scale, y + 4 * scale, 2.6 * scale, height - 8 * scale);
  context.fillStyle = "rgba(255,255,255,.22)";
  context.fillRect(x, y, width, 3 * scale);
  context.fillStyle = "rgba(0,0,0,.32)";
  context.fillRect(x, y + height - 3 * scale, width, 3 * scale);
}

function ship(context, x, time, hasBox) {
  const bob = Math.sin(time * 1.1) * 2.2;
  context.save();
  context.translate(x, bob);
  const colours = ["#2e6f95", "#e0a458", "#588157", "#7b6d8d", "#c8553d", "#3d5a80"];
  for (let column = 0; column < 4; column++) {
    for (let level = 0; level < 3; level++) {
      if (column === 3 && level === 2) continue;
      container(context, 92 + column * 95, 330 - level * 43, colours[(column * 3 + level * 2) % 6]);
    }
  }
  if (hasBox) container(context, 377, 244, "#d1495b");
  context.fillStyle = "#f4f1ea";
  context.fillRect(20, 236, 60, 140);
  context.fillStyle = "#24455e";
  for (let deck = 0; deck < 4; deck++) for (let pane = 0; pane < 3; pane++) context.fillRect(27 + pane * 17, 246 + deck * 22, 11, 9);
  context.fillStyle = "#d1495b";
  context.fillRect(36, 208, 22, 28);
  context.fillStyle = "#14324a";
  context.beginPath();
  context.moveTo(-6, 372);
  context.lineTo(500, 372);
  context.quadraticCurveTo(492, 420, 462, 446);
  context.lineTo(34, 446);
  context.quadraticCurveTo(4, 424, -6, 372);
  context.fill();
  context.fillStyle = "#a63446";
  context.fillRect(26, 434, 442, 12);
  context.fillStyle = "#f4f1ea";
  context.font = "600 19px sans-serif";
  context.fillText("MARGARETHE", 300, 405);
  context.restore();
}

function crane(context, trolley, hoist, box) {
  context.strokeStyle = "#d08c2e";
  context.lineWidth = 10;
  context.beginPath();
  context.moveTo(652, GROUND + 2);
  context.lineTo(668, 120);
  context.moveTo(786, GROUND + 2);
  context.lineTo(770, 120);
  context.moveTo(656, 300);
  context.lineTo(782, 300);
  context.stroke();
  context.lineWidth = 5;
  context.beginPath();
  context.moveTo(668, 128);
  context.lineTo(782, 300);
  context.moveTo(719, 40);
  context.lineTo(330, 118);
  context.moveTo(719, 40);
  context.lineTo(890, 118);
  context.stroke();
  context.fillStyle = "#c17f24";
  context.fillRect(318, 116, 584, 13);
  context.fillRect(712, 36, 14, 84);
  context.fillStyle = "#3b4046";
  context.fillRect(trolley - 26, 129, 52, 12);
  context.fillStyle = "#9fd3e8";
  context.fillRect(trolley + 28, 131, 24, 24);
  context.strokeStyle = "#2b2f33";
  context.lineWidth = 1.6;
  context.beginPath();
  for (const side of [-30, -12, 12, 30]) {
    context.moveTo(trolley + side * 0.6, 141);
    context.lineTo(trolley + side, hoist - 8);
  }
  context.stroke();
  context.fillStyle = "#f2c14e";
  context.fillRect(trolley - 46, hoist - 9, 92, 9);
  if (box) container(context, trolley - 46, hoist, "#d1495b");
}

function lorry(context, x, box, time, moving) {
  context.fillStyle = "#33383d";
  context.fillRect(x, 432, 150, 9);
  context.fillStyle = "#1d7874";
  context.beginPath();
  context.roundRect(x + 112, 386, 46, 50, 7);
  context.fill();
  context.fillStyle = "#cfeaf5";
  context.fillRect(x + 134, 394, 19, 17);
  if (box) container(context, x + 8, 390, "#d1495b");
  for (const wheel of [20, 44, 122, 146]) {
    context.fillStyle = "#1b1d20";
    context.beginPath();
    context.arc(x + wheel, 446, 11, 0, Math.PI * 2);
    context.fill();
    context.strokeStyle = "#9aa1a8";
    context.lineWidth = 2;
    const turn = moving ? time * 8 : 0.4;
    context.beginPath();
    context.moveTo(x + wheel - 7 * Math.cos(turn), 446 - 7 * Math.sin(turn));
    context.lineTo(x + wheel + 7 * Math.cos(turn), 446 + 7 * Math.sin(turn));
    context.stroke();
  }
}

function gulls(context, time) {
  context.strokeStyle = "rgba(40,55,70,.75)";
  context.lineWidth = 2.2;
  for (let bird = 0; bird < 5; bird++) {
    const x = ((noise(bird + 5) * 900 + time * (24 + bird * 4)) % 1040) - 40;
    const y = 80 + noise(bird + 21) * 110 + Math.sin(time * 1.3 + bird) * 9;
    const flap = Math.sin(time * 7 + bird * 2) * 6;
    context.beginPath();
    context.moveTo(x - 11, y - flap);
    context.quadraticCurveTo(x - 4, y - 2, x, y + 2);
    context.quadraticCurveTo(x + 4, y - 2, x + 11, y - flap);
    context.stroke();
  }
}

function banner(context, time) {
  const chapter = [...CHAPTERS].reverse().find((one) => time >= one.at);
  const age = time - chapter.at;
  const shown = Math.min(between(age, 0, 0.8), 1 - between(age, 11.4, 12.6));
  context.globalAlpha = shown;
  context.fillStyle = "rgba(11,32,48,.82)";
  context.beginPath();
  context.roundRect(28, 26, 322, 56, 12);
  context.fill();
  context.fillStyle = "#ffffff";
  context.font = "600 27px sans-serif";
  context.fillText(chapter.title, 48, 63);
  context.globalAlpha = 1;
  context.fillStyle = "rgba(11,32,48,.25)";
  context.fillRect(0, HEIGHT - 5, WIDTH, 5);
  context.fillStyle = "#f2c14e";
  context.fillRect(0, HEIGHT - 5, WIDTH * (time / SECONDS), 5);
}

function drawFrame(context, time) {
  sky(context, time);
  hills(context);
  sea(context, time);
  const shipX = mix(-560, 92, between(time, 0.5, 12));
  const lifted = time >= 26;
  ship(context, shipX, time, !lifted);
  quay(context);
  const down = between(time, 18, 24);
  const up = between(time, 26, 31);
  const across = between(time, 31, 38);
  const land = between(time, 41, 48);
  const clear = between(time, 49, 53);
  const trolley = mix(mix(700, 515, between(time, 13.5, 17.5)), 716, across);
  let hoist = mix(180, 244 + Math.sin(time * 1.1) * 2.2, down);
  if (lifted) hoist = mix(246, 182, up);
  if (time >= 39) hoist = mix(mix(182, 390, land), 186, clear);
  const sway = lifted && time < 41 ? Math.sin(time * 2.1) * 3 * (1 - land) : 0;
  const onLorry = time >= 48.4;
  const arrive = between(time, 34, 40);
  const leave = time >= 65 ? Math.pow(clamp((time - 66) / 9), 2) : 0;
  lorry(context, mix(mix(1010, 662, arrive), 1010, leave), onLorry, time, (arrive > 0 && arrive < 1) || leave > 0);
  crane(context, trolley + sway, hoist, lifted && !onLorry);
  if (time >= 53 && time < 65) {
    for (let pin = 0; pin < 4; pin++) {
      const done = between(time, 54 + pin * 2, 55.4 + pin * 2);
      const x = 674 + pin * 28;
      context.fillStyle = done > 0.5 ? "#2a9d62" : "#c8553d";
      context.beginPath();
      context.arc(x, 434, 4 + 5 * done * (1.3 - done * 0.3), 0, Math.PI * 2);
      context.fill();
    }
  }
  gulls(context, time);
  banner(context, time);
}

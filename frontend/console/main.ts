/** The console's one script: its parts are started here. Pages are whole without it; it makes them quicker to use. */
import "virtual:tabler.css";
import "./styles/console.css";
import { startCharts } from "./src/charts";
import { startConfirm } from "./src/confirm";
import { startCopying } from "./src/copying";
import { startFragments } from "./src/fragments";
import { startHealth } from "./src/health";
import { startMenus } from "./src/menus";
import { startPalette } from "./src/palette";
import { startTheme } from "./src/theme";
import { startTimes } from "./src/times";
import { startUploads } from "./src/uploads";

startFragments();
startTheme();
startTimes();
startCopying();
startMenus();
startConfirm();
startPalette();
startUploads();
startCharts();
startHealth();

/** The console's one script: its parts are imported here. */
import "./console.css";

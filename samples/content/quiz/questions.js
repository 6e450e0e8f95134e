// The questions. `right` is what counts as correct; `because` is told after the answer.
"use strict";

const QUESTIONS = [
  {
    id: "vest", type: "choice", title: "You step out of the staff bus onto the quay. What must you be wearing?",
    options: [["a", "Whatever suits the weather"], ["b", "A high-visibility vest, a helmet and safety shoes"], ["c", "A life jacket only"], ["d", "A helmet, once you stand below a crane"]],
    right: ["b"], because: "All three, from the first step: drivers of straddle carriers look for the vest, and the helmet is no use in your locker.",
  },
  {
    id: "carriers", type: "true-false", title: "A straddle carrier driver can always see a person standing close beside the wheels.",
    options: [["t", "True"], ["f", "False"]],
    right: ["f"], because: "The cab is twelve metres up. Close beside the wheels is exactly where the driver cannot see you.",
  },
  {
    id: "edge", type: "choice", many: true, title: "Which of these belong on every quay edge? Choose all that apply.",
    options: [["a", "Ladders down to the water"], ["b", "Life buoys within reach"], ["c", "A fuel store"], ["d", "A painted line nobody crosses without need"]],
    right: ["a", "b", "d"], because: "Ladders, buoys and the line save lives. Fuel is stored far from the edge and from ignition sources.",
  },
  {
    id: "speed", type: "numeric", title: "What is the speed limit for cars in our terminal, in kilometres an hour?",
    unit: "km/h", right: ["20"], because: "It is 20 km/h everywhere, and walking pace where people are on foot.",
  },
  {
    id: "lift", type: "choice", title: "A container is being lifted right where you want to walk. What do you do?",
    options: [["a", "Walk under it quickly"], ["b", "Wave to the crane driver and go"], ["c", "Wait outside the marked area until the load is down"], ["d", "Look up while you walk"]],
    right: ["c"], because: "Nobody is ever under a load. Waiting costs two minutes.",
  },
  {
    id: "overboard", type: "sequencing", title: "Someone has fallen into the water. Put what you do into the right order.",
    options: [["a", "Shout “person overboard” and keep pointing at them"], ["b", "Throw the nearest life buoy"], ["c", "Call the harbour emergency number"], ["d", "Guide the rescue team to the place"]],
    start: ["c", "a", "d", "b"], right: ["a", "b", "c", "d"], because: "Alarm first, something that floats second, help third. And never jump in after them.",
  },
  {
    id: "placard", type: "choice", title: "A container shows a diamond-shaped sign with a flame. What does it tell you?",
    options: [["a", "The goods inside can burn"], ["b", "The container must be kept warm"], ["c", "Smoking is allowed here"], ["d", "It belongs to the fire brigade"]],
    right: ["a"], because: "The diamond marks dangerous goods, the flame says flammable. Keep your distance and report leaks at once.",
  },
  {
    id: "channel", type: "fill-in", title: "Which word, said three times on the radio, announces that a life is in danger?",
    hint: "One word of six letters.", right: ["mayday"], because: "“Mayday, mayday, mayday”, then where you are and what has happened.",
  },
];

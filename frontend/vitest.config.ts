/** Unit tests of player, shell and console; each test file may ask for jsdom with `@vitest-environment jsdom`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{player,shell,console}/**/*.test.ts"],
    environment: "node",
    sequence: { shuffle: true },
  },
});

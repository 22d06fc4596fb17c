// Colours of the basemap in daylight and on a dark wall screen.

export const THEMES = {
  light: {
    land: "#f1efea", block: "#e9e6df", green: "#d3e4c7", water: "#b5d3e8", waterLine: "#9fc4de",
    rail: "#b9b4ab", edge: "#a79f93", built: "#dedad2", builtLine: "#c4beb3",
    roads: [["#f6c667", "#d39b35"], ["#fde7b0", "#d9b665"], ["#ffffff", "#cfc8bb"],
      ["#ffffff", "#d8d2c7"], ["#f7f5f1", "#e0dbd2"]],
    grid: "rgb(60 72 88 / 45%)", community: "#46566b", communityGlow: "rgb(255 255 255 / 75%)",
    outside: "rgb(226 226 224 / 62%)", outsideLine: "#2f4058",
    text: "#3a4554", roadText: "#5d564a", waterText: "#2f6690", greenText: "#3c6b34",
    strong: "#24344b", halo: "rgb(255 255 255 / 88%)", chosen: "#111111", chosenHalo: "#ffffff", dotLine: "#ffffff",
    heat: 0.46, glow: 0,
  },
  dark: {
    land: "#0d141c", block: "#121b25", green: "#13261f", water: "#0f2c44", waterLine: "#17405f",
    rail: "#34414f", edge: "#3a4958", built: "#223040", builtLine: "#33465a",
    roads: [["#6b5a2e", "#2b2618"], ["#42505f", "#18222d"], ["#334150", "#151e28"],
      ["#28343f", "#141c25"], ["#1e2832", "#131a22"]],
    grid: "rgb(148 170 194 / 32%)", community: "#6fa8d6", communityGlow: "rgb(66 133 190 / 28%)",
    outside: "rgb(4 8 12 / 62%)", outsideLine: "#7fb8e6",
    text: "#b9c7d6", roadText: "#8b9aab", waterText: "#5fa0d0", greenText: "#6fa884",
    strong: "#e3edf7", halo: "rgb(8 13 19 / 85%)", chosen: "#ffffff", chosenHalo: "#0d141c", dotLine: "#7f92a6",
    heat: 0.5, glow: 9,
  },
};
export const FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif';

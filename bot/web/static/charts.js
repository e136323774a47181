// Draws the numbers of a table as stacked bars. The table stays on the page: it is the data, and what is read aloud.
"use strict";

function readTable(holder) {
  const table = holder.querySelector("table");
  const labels = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  return { labels, rows };
}

function drawChart(place) {
  const { labels, rows } = readTable(document.getElementById(place.dataset.table));
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    color: ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5"].map(colour),
    textStyle: { color: colour("--text"), fontFamily: style.fontFamily },
    legend: { top: 0, textStyle: { color: colour("--text") } },
    grid: { left: 8, right: 8, top: 36, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: rows.map((row) => row[0]), axisLabel: { color: colour("--muted") } },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: colour("--muted") }, splitLine: { lineStyle: { color: colour("--line") } } },
    series: labels.slice(1).map((name, index) => ({
      name, type: "bar", stack: "all", barMaxWidth: 36, data: rows.map((row) => Number(row[index + 1])),
    })),
  });
  return chart;
}

const charts = [];
function drawAll() {
  charts.splice(0).forEach((chart) => chart.dispose());
  document.querySelectorAll(".chart").forEach((place) => charts.push(drawChart(place)));
}
drawAll();
addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

import type { Curve } from './curve.ts';

const panel = { width: 300, height: 190 } as const;
/** The plot within a panel. */
const plot = { left: 34, top: 44, right: 290, bottom: 148 } as const;
const columns = 3;
const colours = { precision: '#0b5cad', recall: '#c2410c', frame: '#888', text: '#222' } as const;

/** Text as XML and HTML have it. */
export function markupText(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function shortNumber(value: number): string {
  const units: [number, string][] = [
    [2 ** 40, 'Ti'],
    [2 ** 30, 'Gi'],
    [2 ** 20, 'Mi'],
  ];
  for (const [size, unit] of units) if (value >= size) return `${Number((value / size).toPrecision(3))} ${unit}`;
  return String(Number(value.toPrecision(3)));
}

/** A line through the points that have a value, in order; a mark on each tells its numbers. */
function line(curve: Curve, key: 'precision' | 'recall'): string {
  const step = (plot.right - plot.left) / Math.max(1, curve.points.length - 1);
  const points = curve.points.flatMap((point, index) => {
    const share = point[key];
    if (share === null) return [];
    const [x, y] = [plot.left + index * step, plot.bottom - share * (plot.bottom - plot.top)];
    const told = `${curve.parameter} ${shortNumber(point.value)}: ${key} ${share.toFixed(2)}, ${point.findings} findings`;
    return { place: `${x.toFixed(1)},${y.toFixed(1)}`, x, y, told };
  });
  const dash = key === 'recall' ? ' stroke-dasharray="5 3"' : '';
  const marks = points.map(
    ({ x, y, told }) =>
      `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colours[key]}"><title>${markupText(told)}</title></circle>`,
  );
  return `<polyline points="${points.map(({ place }) => place).join(' ')}" fill="none" stroke="${colours[key]}" stroke-width="1.8"${dash}/>${marks.join('')}`;
}

function panelOf(curve: Curve, index: number): string {
  const step = (plot.right - plot.left) / Math.max(1, curve.points.length - 1);
  const at = curve.points.findIndex(({ value }) => value === curve.default);
  const x = plot.left + Math.max(0, at) * step;
  const label = (left: number, top: number, text: string, more = ''): string =>
    `<text x="${left}" y="${top}" fill="${colours.text}"${more}>${markupText(text)}</text>`;
  const ends = [curve.points[0], curve.points.at(-1)].map((point) => shortNumber(point?.value ?? 0));
  return `<g transform="translate(${(index % columns) * panel.width},${24 + Math.floor(index / columns) * panel.height})">
${label(plot.left, 20, curve.rule, ' font-weight="bold"')}
${label(plot.left, 35, `${curve.parameter}${curve.unit === '' ? '' : `: ${curve.unit}`}`, ' font-size="10"')}
<rect x="${plot.left}" y="${plot.top}" width="${plot.right - plot.left}" height="${plot.bottom - plot.top}" fill="none" stroke="${colours.frame}"/>
${label(plot.left - 6, plot.top + 4, '1', ' text-anchor="end"')}
${label(plot.left - 6, plot.bottom + 4, '0', ' text-anchor="end"')}
<line x1="${x}" y1="${plot.top}" x2="${x}" y2="${plot.bottom}" stroke="${colours.frame}" stroke-dasharray="2 3"/>
${label(plot.left, plot.bottom + 16, ends[0] ?? '', ' font-size="10"')}
${label(x, plot.bottom + 16, shortNumber(curve.default), ' font-size="10" text-anchor="middle"')}
${label(plot.right, plot.bottom + 16, ends[1] ?? '', ' font-size="10" text-anchor="end"')}
${line(curve, 'precision')}
${line(curve, 'recall')}
</g>`;
}

/** Threshold curves as one SVG picture: a panel each, precision solid, recall dashed, the default marked. */
export function curvesChart(curves: readonly Curve[]): string {
  const height = 24 + Math.max(1, Math.ceil(curves.length / columns)) * panel.height;
  const width = columns * panel.width;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${plot.left}" y="18"><tspan fill="${colours.precision}">precision (solid)</tspan> <tspan fill="${colours.recall}">recall (dashed)</tspan> <tspan fill="${colours.text}">over each rule's threshold; the dotted line is its default</tspan></text>
${curves.map(panelOf).join('\n')}
</svg>
`;
}

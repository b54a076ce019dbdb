import type { Chapter } from './figures';

interface Bar {
	/** Name in the legend. Determines the colour. */
	series: string;
	value: number;
}

interface Plot {
	file: string;
	title: string;
	unit: string;
	rows: Array<{ label: string; bars: Bar[] }>;
}

const COLOURS = ['#0b5fff', '#8a94a6', '#f28c28'];
const WIDTH = 720;
const LABELS = 190;
const VALUES = 90;
const BAR = 16;
const GAP = 12;
const HEAD = 56;

/**
 * Draws the charts of the documentation.
 * @param chapters figures of a run; charts whose chapters are missing are omitted
 * @returns SVG by file name
 */
export function plotsOf(chapters: readonly Chapter[]): Map<string, string> {
	const value = (title: RegExp, name: string): number | undefined =>
		chapters.find((one) => title.test(one.title))?.figures.find((one) => one.name === name)?.value;
	const bar = (series: string, title: RegExp, name: string): Bar[] => {
		const found = value(title, name);
		return found === undefined ? [] : [{ series, value: found }];
	};
	const contenders = {
		empty: 'an empty run',
		ours: 'this package',
		behind: 'behind n8n’s Webhook',
		'built-in': 'n8n’s own nodes',
	};
	const plots: Plot[] = [
		{
			file: 'everyday.svg',
			title: 'Time per notification, from the webhook to the acknowledgement',
			unit: 'ms',
			rows: Object.entries(contenders).map(([name, label]) => ({
				label,
				bars: [
					...bar('default n8n', /^Everyday.*default n8n/, `${name}: time`),
					...bar('lazy isolates', /^Everyday.*lazy/, `${name}: time`),
				],
			})),
		},
		{
			file: 'growth.svg',
			title: 'Time per message by batch size',
			unit: 'ms',
			rows: ['10', '100', '1000', '10000'].map((count) => ({
				label: `${Number(count).toLocaleString('en')} messages`,
				bars: bar('this package', /^Growth/, `${count} messages`),
			})),
		},
		{
			file: 'memory.svg',
			title: 'Additional memory of n8n while it fetches a file',
			unit: 'MB',
			rows: ['0.4', '4', '10', '50', '200'].map((size) => ({
				label: `a file of ${size} MB`,
				bars: [
					...bar('this package', /^Files/, `${size} MB: memory, ours`),
					...bar('n8n’s own nodes', /^Files/, `${size} MB: memory, built-in`),
				],
			})),
		},
		{
			file: 'workers.svg',
			title: 'Messages per second in queue mode',
			unit: '/s',
			rows: ['one worker', 'two workers'].map((name) => ({ label: name, bars: bar('this package', /^Queue/, name) })),
		},
	];
	const drawn = plots.filter(({ rows }) => rows.every(({ bars }) => bars.length > 0));
	return new Map(drawn.map((plot) => [plot.file, draw(plot)]));
}

/** Horizontal bars with their values, as SVG. */
function draw({ title, unit, rows }: Plot): string {
	const series = [...new Set(rows.flatMap(({ bars }) => bars.map((bar) => bar.series)))];
	const most = Math.max(...rows.flatMap(({ bars }) => bars.map(({ value }) => value)));
	const parts = [text(16, 26, title, 'bold')];
	series.forEach((name, index) => {
		const x = LABELS + index * 160;
		parts.push(rect(x, HEAD - 18, 10, 10, colour(index)), text(x + 16, HEAD - 9, name));
	});
	let y = HEAD + GAP / 2;
	for (const { label, bars } of rows) {
		parts.push(text(LABELS - 12, y + (bars.length * BAR) / 2 + 5, label, 'normal', 'end'));
		for (const bar of bars) {
			const width = Math.max(1, (bar.value / most) * (WIDTH - LABELS - VALUES));
			parts.push(rect(LABELS, y, width, BAR - 2, colour(series.indexOf(bar.series))));
			parts.push(text(LABELS + width + 6, y + BAR - 4, `${bar.value.toFixed(bar.value < 10 ? 1 : 0)} ${unit}`));
			y += BAR;
		}
		y += GAP;
	}
	const background = rect(0, 0, WIDTH, y, '#ffffff');
	const size = `width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"`;
	return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="13" role="img">\n<title>${title}</title>\n${[background, ...parts].join('\n')}\n</svg>\n`;
}

function colour(index: number): string {
	return COLOURS[index % COLOURS.length] ?? '';
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
	return `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${height}" fill="${fill}"/>`;
}

function text(x: number, y: number, words: string, weight = 'normal', anchor = 'start'): string {
	return `<text x="${x.toFixed(1)}" y="${y}" font-weight="${weight}" text-anchor="${anchor}" fill="#1c2430">${words}</text>`;
}

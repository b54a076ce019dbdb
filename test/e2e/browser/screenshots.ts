import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { ROOT } from '../../real-n8n/paths';

/** Folder of the README's screenshots. */
const FOLDER = join(ROOT, 'docs', 'screenshots');

/** Maximum size, so that the README loads quickly. In bytes. */
const LARGEST = 150_000;

/**
 * Hides the handles to the previous and next node, which cover the edges of a panel, and the dots of the canvas, which double
 * the file size.
 */
const LEFT_OUT = '[data-test-id="floating-node"], [data-test-id="canvas-background"] { visibility: hidden }';

/** A part of the page, in CSS pixels. */
export interface Area {
	x: number;
	y: number;
	width: number;
	height: number;
}

/**
 * Takes a picture of a part of the page for the README.
 *
 * @param name - file name without extension
 * @throws Error if the file is too large
 */
export async function screenshot(page: Page, name: string, clip: Area): Promise<void> {
	await mkdir(FOLDER, { recursive: true });
	const path = join(FOLDER, `${name}.png`);
	await page.screenshot({ path, clip, animations: 'disabled', caret: 'hide', style: LEFT_OUT });
	const { size } = await stat(path);
	if (size > LARGEST) throw new Error(`docs/screenshots/${name}.png has ${size} bytes; the maximum is ${LARGEST}.`);
}

/** Returns the smallest area that contains all of these elements. */
export async function areaOf(elements: Locator[], margin = 0): Promise<Area> {
	const boxes = await Promise.all(elements.map(async (element) => await element.boundingBox()));
	const shown = boxes.filter((box) => box !== null);
	if (shown.length === 0) throw new Error('None of the elements for the screenshot is visible.');
	const x = Math.min(...shown.map((box) => box.x)) - margin;
	const y = Math.min(...shown.map((box) => box.y)) - margin;
	const right = Math.max(...shown.map((box) => box.x + box.width)) + margin;
	const bottom = Math.max(...shown.map((box) => box.y + box.height)) + margin;
	return { x: Math.max(0, x), y: Math.max(0, y), width: right - Math.max(0, x), height: bottom - Math.max(0, y) };
}

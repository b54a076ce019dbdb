import type { Locator, Page } from 'playwright-core';

/** The part of HTMLElement that is used here. The types of the tests are those of Node, without the DOM. */
interface ButtonInBrowser {
	click(): void;
}

/** n8n's editor, accessed by n8n's test ids. */
export class EditorPage {
	constructor(
		readonly page: Page,
		private readonly url: string,
	) {}

	/** Returns all visible elements with a test id of n8n. n8n also keeps hidden ones in the page. */
	named(name: string, within: Page | Locator = this.page): Locator {
		return within.locator(`[data-test-id="${name}"]`).filter({ visible: true });
	}

	/** @param path - such as `/home/credentials` */
	async open(path: string): Promise<void> {
		await this.page.goto(`${this.url}${path}`, { waitUntil: 'domcontentloaded' });
	}

	async openNewWorkflow(): Promise<void> {
		await this.open('/workflow/new');
		await this.named('canvas-add-button').waitFor();
	}

	/** Types into the search field of the node panel. */
	async searchNodes(text: string): Promise<void> {
		await this.named('canvas-add-button').getByRole('button').click();
		await this.named('node-creator-search-bar').fill(text);
	}

	/** A node on the canvas. */
	node(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	/** Opens a node's panel, as a double click does. */
	async openNode(name: string): Promise<void> {
		await this.node(name).dblclick();
		await this.named('ndv-close-button').waitFor();
	}

	async closeNode(): Promise<void> {
		await this.named('ndv-close-button').click();
		await this.named('ndv-close-button').waitFor({ state: 'hidden' });
	}

	/** Closes n8n's messages in the corner, which would cover part of a screenshot. */
	async closeMessages(): Promise<void> {
		const messages = this.page.locator('.el-notification__closeBtn').filter({ visible: true });
		// All in one step: n8n removes a message itself after a few seconds, and Playwright's click would wait for one that has gone meanwhile.
		await messages.evaluateAll((buttons: unknown[]) =>
			(buttons as ButtonInBrowser[]).forEach((button) => button.click()),
		);
		await messages.first().waitFor({ state: 'hidden' });
	}
}

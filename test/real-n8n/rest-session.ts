import { randomUUID } from 'node:crypto';
import { fetch, type Response } from '../sandbox/fetch';

/** An answer of n8n that is not 2xx. */
export class RestError extends Error {
	constructor(
		readonly status: number,
		call: string,
		body: string,
	) {
		super(`n8n: ${call} answered ${status}: ${body.slice(0, 1_000)}`);
	}
}

/** A user's session with n8n's REST API, as the editor has one. Every method rejects with {@link RestError}. */
export class RestSession {
	/** n8n binds the login cookie to this id. */
	private readonly browserId = randomUUID();

	private cookie = '';

	constructor(private readonly url: string) {}

	async logIn(path: string, body: object): Promise<void> {
		const response = await this.fetch('POST', path, body);
		await response.arrayBuffer();
		const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
		this.cookie = cookies.find((cookie) => cookie.startsWith('n8n-auth=')) ?? '';
	}

	async call<T>(method: string, path: string, body?: object): Promise<T> {
		const response = await this.fetch(method, path, body);
		return ((await response.json()) as { data: T }).data;
	}

	private async fetch(method: string, path: string, body?: object): Promise<Response> {
		return await this.request(method, `/rest${path}`, body);
	}

	async request(method: string, path: string, body?: object): Promise<Response> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			headers: { 'content-type': 'application/json', 'browser-id': this.browserId, cookie: this.cookie },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		if (!response.ok) throw new RestError(response.status, `${method} ${path}`, await response.text());
		return response;
	}
}

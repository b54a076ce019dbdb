import assert from 'node:assert/strict';
import type { EngineRun } from '../engine/engine-run';
import { formsOf } from '../real-n8n/secret-forms';

/** An account of a proxy. */
export interface Account {
	user: string;
	password: string;
}

/** Returns the URL of a proxy with user and password, as a hospital would set it. */
export function urlFor(url: string, { user, password }: Account): string {
	return url.replace('://', `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}

/** Returns the forms that would reveal a password: unchanged, URL-encoded, and as in the Proxy-Authorization header. */
export function plainForms({ user, password }: Account): string[] {
	return [password, encodeURIComponent(password), Buffer.from(`${user}:${password}`).toString('base64')];
}

/** Searches what n8n stores, shows and logs for passwords, and counts the searched characters. */
export class PasswordSearch {
	bytes = 0;

	private readonly forms: string[];

	constructor(accounts: Account[]) {
		const forms = accounts.flatMap((account) => [...plainForms(account), ...formsOf(account.password)]);
		this.forms = [...new Set(forms)];
	}

	/** Searches the run's data as n8n writes them to its database (items, errors, hints), and its log and output. @returns the forms found */
	find(run: Pick<EngineRun, 'persisted' | 'log'>): string[] {
		const text = run.persisted + run.log;
		this.bytes += text.length;
		return this.forms.filter((form) => text.includes(form));
	}

	/** @throws AssertionError if a password is found */
	assertNone(run: Pick<EngineRun, 'persisted' | 'log'>): void {
		assert.deepEqual(this.find(run), [], 'A password of the proxy was found');
	}
}

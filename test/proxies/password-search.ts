import assert from 'node:assert/strict';
import type { EngineRun } from '../engine/engine-run';
import { formsOf } from '../real-n8n/secret-forms';

/** Whom a proxy knows. */
export interface Account {
	user: string;
	password: string;
}

/** The URL of a proxy with user and password in it, as a hospital writes it. */
export function urlFor(url: string, { user, password }: Account): string {
	return url.replace('://', `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}

/** The texts that would give a password away: as it is, as a URL carries it, and as the header for the proxy does. */
export function plainForms({ user, password }: Account): string[] {
	return [password, encodeURIComponent(password), Buffer.from(`${user}:${password}`).toString('base64')];
}

/** Looks for passwords in what n8n keeps, shows and logs, and counts. */
export class PasswordSearch {
	bytes = 0;

	private readonly forms: string[];

	constructor(accounts: Account[]) {
		const forms = accounts.flatMap((account) => [...plainForms(account), ...formsOf(account.password)]);
		this.forms = [...new Set(forms)];
	}

	/** The run's data as n8n writes them to its database (items, errors, hints), its log and its output. */
	find(run: Pick<EngineRun, 'persisted' | 'log'>): string[] {
		const text = run.persisted + run.log;
		this.bytes += text.length;
		return this.forms.filter((form) => text.includes(form));
	}

	/** @throws AssertionError when a password is found */
	assertNone(run: Pick<EngineRun, 'persisted' | 'log'>): void {
		assert.deepEqual(this.find(run), [], 'A password of the proxy was found');
	}
}

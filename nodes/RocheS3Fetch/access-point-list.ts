import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { connectFromEditor, EDITOR_LIMITS } from '../shared/node-support/credential';
import { toNodeError } from '../shared/node-support/node-error';
import { getToken } from '../shared/partners-services/client';

/**
 * Returns the list of the parameter "Access Point": what a token of the credential grants. Runs do not share that token: they would share its
 * short time limit, too.
 * @throws NodeApiError or NodeOperationError, which the editor shows instead of the list
 */
export async function searchAccessPoints(this: ILoadOptionsFunctions): Promise<INodeListSearchResult> {
	try {
		const connection = connectFromEditor(await this.getCredentials('rochePartnersServicesApi'));
		const orgId = this.getCurrentNodeParameter('options.orgId');
		// An expression has no value before a run.
		const isFixed = typeof orgId === 'string' && !orgId.startsWith('=');
		const { awsResources } = await getToken(connection, { ...EDITOR_LIMITS, orgId: isFixed ? orgId : undefined });
		return { results: awsResources.map((arn) => ({ name: nameOf(arn), value: arn })) };
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

/** Name, region and account of an access point; other ARNs, such as that of Roche's sample, stay whole. */
function nameOf(arn: string): string {
	const [, region, account, name] = /^arn:[^:]*:s3:([^:]+):([^:]+):accesspoint[/:](.+)$/.exec(arn) ?? [];
	return name === undefined ? arn : `${name} (${region}, ${account})`;
}

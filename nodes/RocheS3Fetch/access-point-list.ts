import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { connectFromEditor, EDITOR_LIMITS } from '../shared/node-support/credential';
import { toNodeError } from '../shared/node-support/node-error';
import { sharedToken } from '../shared/partners-services/shared-token';

/**
 * Returns the list of the parameter "Access Point": what the credential's token grants, each by the last part of its ARN. The token is shared
 * with runs, so opening the list again costs no request.
 * @throws NodeApiError or NodeOperationError, which the editor shows instead of the list
 */
export async function searchAccessPoints(this: ILoadOptionsFunctions): Promise<INodeListSearchResult> {
	try {
		const connection = connectFromEditor(await this.getCredentials('rochePartnersServicesApi'));
		const orgId = this.getCurrentNodeParameter('options.orgId');
		// An expression has no value before a run.
		const isFixed = typeof orgId === 'string' && !orgId.startsWith('=');
		const { awsResources } = await sharedToken(connection, { ...EDITOR_LIMITS, orgId: isFixed ? orgId : undefined });
		return { results: awsResources.map((arn) => ({ name: arn.replace(/^.*[:/](?=.)/, ''), value: arn })) };
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

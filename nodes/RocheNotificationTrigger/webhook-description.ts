import * as n8n from 'n8n-workflow';
import type { INodeParameters, IWebhookDescription, NodeParameterValueType } from 'n8n-workflow';

/** Last part of the URL where the analyst names no path. */
const DEFAULT_PATH = 'roche-notification';

/** A field of the description, as an expression and as a function of the node's parameters that gives the same. */
interface Field {
	template: string;
	resolve: (parameters: INodeParameters) => NodeParameterValueType | undefined;
}

const FIELDS = {
	path: {
		template: `={{ $parameter["options"]["path"] || "${DEFAULT_PATH}" }}`,
		resolve: (parameters) => ownPath(parameters) || DEFAULT_PATH,
	},
	// Without a path of the analyst's own, n8n puts the node's random webhook ID in front.
	isFullPath: {
		template: '={{ !!$parameter["options"]["path"] }}',
		resolve: (parameters) => Boolean(ownPath(parameters)),
	},
	responseData: {
		template: '={{ ({ status: "accepted" }) }}',
		resolve: () => ({ status: 'accepted' }),
	},
} satisfies Record<string, Field>;

function ownPath({ options }: INodeParameters): string | undefined {
	return (options as { path?: string } | undefined)?.path;
}

/**
 * The description of the webhook. Where n8n can (2.40), it takes its fields from the functions, so that a request costs no run of the
 * expression engine; n8n 1.123 evaluates the expressions.
 */
export function webhookDescription(): IWebhookDescription {
	// n8n's type knows expressions in the other fields only.
	const fields = declared() as Record<'path' | 'isFullPath' | 'responseData', string> & { isFullPath: never };
	return { name: 'default', httpMethod: 'POST', responseMode: 'onReceived', ...fields };
}

function declared(): Record<keyof typeof FIELDS, string> {
	const { webhookDescriptionFields } = n8n as Partial<typeof n8n>;
	if (webhookDescriptionFields) return webhookDescriptionFields(FIELDS);
	const { path, isFullPath, responseData } = FIELDS;
	return { path: path.template, isFullPath: isFullPath.template, responseData: responseData.template };
}

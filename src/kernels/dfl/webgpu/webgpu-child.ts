// The child process of the webgpu backend.
import { serveRequests } from '../child-server.ts';
import { createRequestHandler } from './requests.ts';

serveRequests(createRequestHandler());

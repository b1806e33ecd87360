// Projects: what runs and people belong together, and whose failures are whose.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ProjectId } from '../../contracts/common.ts';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { Project, ProjectListQuery, ProjectPage, ProjectPatch } from '../../contracts/projects.ts';
import type { Principal } from '../../contracts/tokens.ts';
import { findProject, listProjects, patchProject } from '../../platform/db/projects.ts';
import type { ApiDeps } from '../deps.ts';
import { principalOf } from '../plugins/auth.ts';
import { refuseWrongDetectors } from '../project-detectors.ts';
import { mayShare } from '../runs-of-caller.ts';
import { problems } from '../schemas.ts';

const ProjectParams = Type.Object({ id: ProjectId });

export const projectRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['projects'];

  app.get(
    '/v1/projects',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List projects; a project comes into being when a run or token first names it',
        querystring: ProjectListQuery,
        response: { 200: ProjectPage, ...problems() },
      },
    },
    async (request) => {
      const { limit = limits.defaultPageSize, cursor } = request.query;
      const project = principalOf(request).project ?? undefined;
      return listProjects(deps.database.client, { limit, cursor, project });
    },
  );

  app.get(
    '/v1/projects/:id',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Read a project',
        params: ProjectParams,
        response: { 200: Project, ...problems('not_found') },
      },
    },
    async (request) => {
      const { id } = request.params;
      return requireProject(await findProject(deps.database.client, id), principalOf(request), id);
    },
  );

  app.patch(
    '/v1/projects/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary:
          'Name a project, set its ownership rules, detectors and retention; a field that is given replaces what was there',
        params: ProjectParams,
        body: ProjectPatch,
        response: { 200: Project, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      const { id } = request.params;
      refuseWrongDetectors(request.body.detectors ?? {});
      return deps.database.transaction(async (tx) => {
        requireProject(await findProject(tx, id), principalOf(request), id);
        return requireProject(await patchProject(tx, id, request.body), principalOf(request), id);
      });
    },
  );
};

function requireProject(project: Project | null, principal: Principal, id: string): Project {
  if (project && mayShare(principal, project.id)) return project;
  throw new PublicError('not_found', `There is no project ${id}.`, {
    errors: [{ path: 'param:id', message: 'no such project' }],
  });
}

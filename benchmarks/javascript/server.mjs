// Serves the benchmarks' questions by the official Neo4j GraphQL library, as its documentation sets it up.
// Where the database is stands in NEO4J_URI, NEO4J_DATABASE, NEO4J_USER and NEO4J_PASSWORD;
// SEARCH is the Cypher that finds, as `n`, what depends on the CIs `$ids`. Prints its address as JSON.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import neo4j from "neo4j-driver";

const { NEO4J_URI, NEO4J_DATABASE, NEO4J_USER, NEO4J_PASSWORD, SEARCH } = process.env;
// The library has no unbounded traversal of its own: its documented way is a field with a Cypher statement.
const typeDefs = /* GraphQL */ `
  type ConfigurationItem @node(labels: ["CmdbNode"]) {
    id: ID!
    name: String
    status: String
    version: Int
    class: String @alias(property: "label")
    createdAt: String @alias(property: "created_at")
    updatedAt: String @alias(property: "updated_at")
  }

  type Query {
    affected(ids: [ID!]!): [ConfigurationItem!]!
      @cypher(
        statement: """
        ${SEARCH} RETURN n AS affected
        """
        columnName: "affected"
      )
  }
`;

const auth = NEO4J_PASSWORD ? neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD) : undefined;
const driver = neo4j.driver(NEO4J_URI, auth);
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
const server = new ApolloServer({ schema, introspection: false });
const { url } = await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port: 0 },
  context: async () => ({ sessionConfig: { database: NEO4J_DATABASE } }),
});
console.log(JSON.stringify({ url }));

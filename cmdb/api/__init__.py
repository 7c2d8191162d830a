"""The API: GraphQL, HTTP and the schema that is published."""

"""From objects to text: tables, descriptions, YAML, JSON, JSONPath, as the API server and kubectl print them."""

-- What the assistant knows of a salon, and what was said there, found by meaning. A set of its own, with a schema and a
-- _prisma_migrations of its own, for servers that have the extension pgvector; nothing else depends on it. It comes
-- after the schema's migrations. Only a superuser can create the extension; that is done before (SchemaFoundation).

CREATE SCHEMA IF NOT EXISTS vectors;
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA vectors;

-- A piece of text that answers may rest on. What it means lies in 1,024 numbers, a size that models of several makers
-- give, of half precision, which halves the index. Pieces of different models must not be compared, so each says which.
CREATE TABLE vectors.knowledge (
    salon_id uuid NOT NULL REFERENCES public.salons ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT public.uuidv7(),
    source text NOT NULL,
    title text,
    content text NOT NULL,
    language text,
    model text NOT NULL,
    embedding vectors.halfvec(1024) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    created_by text DEFAULT public.current_actor(),
    updated_by text DEFAULT public.current_actor(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (salon_id, id)
);
CREATE INDEX idx_knowledge_embedding ON vectors.knowledge USING hnsw (embedding vectors.halfvec_cosine_ops);
CREATE TRIGGER count_version BEFORE UPDATE ON vectors.knowledge
    FOR EACH ROW EXECUTE FUNCTION public.count_version();
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON vectors.knowledge
    FOR EACH ROW EXECUTE FUNCTION public.audit('embedding');

-- What a message means. It refers to none: a month of messages could not be archived while something refers to it.
CREATE TABLE vectors.message_embeddings (
    salon_id uuid NOT NULL REFERENCES public.salons ON DELETE CASCADE,
    message_id uuid NOT NULL,
    model text NOT NULL,
    embedding vectors.halfvec(1024) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (salon_id, message_id)
);
CREATE INDEX idx_message_embedding ON vectors.message_embeddings USING hnsw (embedding vectors.halfvec_cosine_ops);

SELECT public.isolate('vectors.knowledge'), public.isolate('vectors.message_embeddings');
CREATE POLICY tenant ON vectors.knowledge
    USING (salon_id = public.current_salon()) WITH CHECK (salon_id = public.current_salon());
CREATE POLICY tenant ON vectors.message_embeddings
    USING (salon_id = public.current_salon()) WITH CHECK (salon_id = public.current_salon());

-- What is nearest to a meaning. They act as whoever asks, so the policies choose the rows; the index is read on until
-- enough of them are this salon's, or a salon with little is read as a whole, whichever costs less.
CREATE FUNCTION vectors.nearest_knowledge(meaning vectors.halfvec, of_model text, most integer)
    RETURNS TABLE (id uuid, title text, content text, distance double precision)
    LANGUAGE sql STABLE SET search_path = vectors, public, pg_temp SET hnsw.iterative_scan = strict_order
    AS $$
        SELECT k.id, k.title, k.content, k.embedding <=> meaning
        FROM knowledge AS k
        WHERE k.model = of_model AND k.deleted_at IS NULL
        ORDER BY k.embedding <=> meaning
        LIMIT most
    $$;

CREATE FUNCTION vectors.nearest_messages(meaning vectors.halfvec, of_model text, most integer)
    RETURNS TABLE (message_id uuid, distance double precision)
    LANGUAGE sql STABLE SET search_path = vectors, public, pg_temp SET hnsw.iterative_scan = strict_order
    AS $$
        SELECT m.message_id, m.embedding <=> meaning
        FROM message_embeddings AS m
        WHERE m.model = of_model
        ORDER BY m.embedding <=> meaning
        LIMIT most
    $$;

GRANT USAGE ON SCHEMA vectors TO app_user, readonly_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON vectors.knowledge, vectors.message_embeddings TO app_user;
GRANT SELECT ON vectors.knowledge, vectors.message_embeddings TO readonly_user;
GRANT EXECUTE ON FUNCTION
    vectors.nearest_knowledge(vectors.halfvec, text, integer), vectors.nearest_messages(vectors.halfvec, text, integer)
    TO app_user, readonly_user;

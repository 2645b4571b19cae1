package io.pgcdc.pgoutput;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.pgcdc.model.Column;
import io.pgcdc.model.ReplicaIdentity;
import io.pgcdc.model.TableId;
import io.pgcdc.model.TableSchema;

/** Reads the messages that announce relations and types. Remembers the types' names for the relations that follow. */
final class RelationReader {

    /** Flags, an empty name with its end, type and modifier: fewer bytes no column takes. */
    private static final int SMALLEST_COLUMN = 1 + 1 + Integer.BYTES + Integer.BYTES;
    private static final int KEY_FLAG = 1;
    /** Eight times what a server allows unless it was built otherwise. Errors tell names, so they must not be huge. */
    private static final int LONGEST_NAME = 512;

    private final MessageReader reader;
    private final Map<Long, String> typeNames = new HashMap<>();

    RelationReader(MessageReader reader) {
        this.reader = reader;
    }

    /** Reads a Type message behind its letter. */
    void readType() {
        long oid = reader.readUnsignedInt();
        String schema = readNamespace();
        String name = readName();
        reader.requireEnd();
        typeNames.put(oid, schema + '.' + name);
    }

    /** Reads a Relation message behind its OID. */
    TableSchema readRelation(int oid) {
        TableId table = new TableId(readNamespace(), readName());
        ReplicaIdentity identity = readReplicaIdentity(table);
        int count = reader.readUnsignedShort();
        if (count > reader.left() / SMALLEST_COLUMN) {
            throw reader.violation("table " + table + " has " + count + " columns in it, for which the "
                                   + reader.left() + " bytes left don't suffice");
        }
        List<Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            columns.add(readColumn());
        }
        reader.requireEnd();
        try {
            return new TableSchema(table, Integer.toUnsignedLong(oid), identity, columns);
        } catch (IllegalArgumentException e) {
            throw reader.violation(e.getMessage());
        }
    }

    private Column readColumn() {
        boolean key = (reader.readByte() & KEY_FLAG) != 0;
        String name = readName();
        long typeOid = reader.readUnsignedInt();
        int typeModifier = reader.readInt();
        // The stream does not tell what may be NULL.
        return new Column(name, typeOid, typeNames.get(typeOid), typeModifier, true, key);
    }

    private ReplicaIdentity readReplicaIdentity(TableId table) {
        int code = reader.readByte() & 0xFF;
        try {
            return ReplicaIdentity.of((char) code);
        } catch (IllegalArgumentException e) {
            throw reader.violation("table " + table + " has an unknown replica identity (code " + code + ")");
        }
    }

    /** The server sends nothing where it means its own schema. */
    private String readNamespace() {
        String namespace = readName();
        return namespace.isEmpty() ? "pg_catalog" : namespace;
    }

    private String readName() {
        String name = reader.readString();
        if (name.length() > LONGEST_NAME) {
            throw reader.violation("a name in it has " + name.length() + " characters, more than " + LONGEST_NAME);
        }
        return name;
    }
}

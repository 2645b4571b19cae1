package io.pgcdc.routes.bigquery.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.cloud.bigquery.storage.v1.AppendRowsRequest;
import com.google.cloud.bigquery.storage.v1.AppendRowsResponse;
import com.google.cloud.bigquery.storage.v1.BigQueryWriteGrpc;
import com.google.cloud.bigquery.storage.v1.RowError;
import com.google.cloud.bigquery.storage.v1.StorageError;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;

/** The Storage Write API: default streams, with change types. */
final class FakeWriteService extends BigQueryWriteGrpc.BigQueryWriteImplBase {

    static final int MAX_REQUEST_BYTES = 10_000_000;
    private static final Pattern STREAM
            = Pattern.compile("projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)/(?:streams/)?_default");

    private final FakeTables tables;
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger largestRequest = new AtomicInteger();
    private final AtomicInteger mostRows = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong delayNanos = new AtomicLong();
    private volatile Predicate<Map<String, Object>> refused = row -> false;

    FakeWriteService(FakeTables tables) {
        this.tables = tables;
    }

    Queue<Fault> faults() {
        return faults;
    }

    int requests() {
        return requests.get();
    }

    int largestRequest() {
        return largestRequest.get();
    }

    int mostRows() {
        return mostRows.get();
    }

    int connections() {
        return connections.get();
    }

    void refuse(Predicate<Map<String, Object>> rows) {
        refused = rows;
    }

    void delay(long nanos) {
        delayNanos.set(nanos);
    }

    @Override
    public StreamObserver<AppendRowsRequest> appendRows(StreamObserver<AppendRowsResponse> answers) {
        return new Connection(answers);
    }

    private final class Connection implements StreamObserver<AppendRowsRequest> {

        private final StreamObserver<AppendRowsResponse> answers;
        private String stream;
        private FakeProtoRows rows;
        private FakeTable table;
        private boolean over;

        Connection(StreamObserver<AppendRowsResponse> answers) {
            this.answers = answers;
            connections.incrementAndGet();
        }

        private void end() {
            over = true;
            connections.decrementAndGet();
        }

        @Override
        public synchronized void onNext(AppendRowsRequest request) {
            if (over) {
                return;
            }
            requests.incrementAndGet();
            largestRequest.accumulateAndGet(request.getSerializedSize(), Math::max);
            mostRows.accumulateAndGet(request.getProtoRows().getRows().getSerializedRowsCount(), Math::max);
            LockSupport.parkNanos(delayNanos.get());
            try {
                Fault fault = faults.poll();
                if (fault == null) {
                    answers.onNext(append(request));
                } else {
                    fail(fault, request);
                }
            } catch (StatusRuntimeException e) {
                end();
                answers.onError(e);
            } catch (Refusal e) {
                end();
                answers.onError(
                        (e.code() == 404 ? Status.NOT_FOUND : Status.INVALID_ARGUMENT).withDescription(e.getMessage())
                                .asRuntimeException());
            }
        }

        private void fail(Fault fault, AppendRowsRequest request) {
            switch (fault) {
                case UNAVAILABLE, ABORTED, INTERNAL, DEADLINE_EXCEEDED, PERMISSION_DENIED, UNAUTHENTICATED, INVALID_ARGUMENT,
                        NOT_FOUND ->
                    throw Status.fromCode(Status.Code.valueOf(fault.name())).asRuntimeException();
                case COLUMN_NOT_FOUND -> {
                    take(request);
                    throw schemaMismatch("Input schema has more fields than the table");
                }
                case ACKNOWLEDGEMENT_LOST -> {
                    append(request);
                    throw Status.UNAVAILABLE.asRuntimeException();
                }
                case RESOURCE_EXHAUSTED -> {
                    take(request);
                    answers.onNext(error(Status.RESOURCE_EXHAUSTED, "Exceeds quota"));
                }
                case ROW_ERROR -> {
                    take(request);
                    answers.onNext(rowErrors(List.of(RowError.newBuilder()
                            .setIndex(0).setCode(RowError.RowErrorCode.FIELDS_ERROR).setMessage("secret value").build())));
                }
                case HANG -> take(request);
            }
        }

        /** The first request of a connection says what the rows are and where they go; later ones may change that. */
        private void take(AppendRowsRequest request) {
            if (!request.getWriteStream().isEmpty()) {
                stream = request.getWriteStream();
            }
            if (stream == null) {
                throw Refusal.invalid("The first request has no stream");
            }
            if (request.getSerializedSize() > MAX_REQUEST_BYTES) {
                throw Refusal.invalid("The request is larger than 10 MB");
            }
            if (request.getProtoRows().hasWriterSchema()) {
                Matcher matcher = STREAM.matcher(stream);
                if (!matcher.matches()) {
                    throw Refusal.invalid("Not a default stream: " + stream);
                }
                table = tables.get(tables.nameOf(matcher.group(1) + "." + matcher.group(2) + "." + matcher.group(3)));
                rows = new FakeProtoRows(table, request.getProtoRows().getWriterSchema().getProtoDescriptor());
                if (!rows.unknownFields().isEmpty()) {
                    throw schemaMismatch("Input schema has more fields than the table: " + rows.unknownFields());
                }
            }
            if (rows == null) {
                throw Refusal.invalid("The first request has no schema");
            }
        }

        private AppendRowsResponse append(AppendRowsRequest request) {
            take(request);
            List<ByteString> serialized = request.getProtoRows().getRows().getSerializedRowsList();
            List<FakeTable.Written> written = new ArrayList<>(serialized.size());
            List<RowError> errors = new ArrayList<>();
            for (int i = 0; i < serialized.size(); i++) {
                try {
                    FakeTable.Written row = rows.read(serialized.get(i));
                    if (refused.test(row.values())) {
                        throw Refusal.invalid("secret value");
                    }
                    written.add(row);
                } catch (Refusal e) {
                    errors.add(RowError.newBuilder()
                            .setIndex(i).setCode(RowError.RowErrorCode.FIELDS_ERROR).setMessage(e.getMessage()).build());
                }
            }
            if (!errors.isEmpty()) {
                return rowErrors(errors);
            }
            written.forEach(table::apply);
            return AppendRowsResponse.newBuilder()
                    .setAppendResult(AppendRowsResponse.AppendResult.getDefaultInstance()).build();
        }

        private AppendRowsResponse rowErrors(List<RowError> errors) {
            return error(Status.INVALID_ARGUMENT, "Errors found while processing rows").toBuilder()
                    .addAllRowErrors(errors).build();
        }

        private AppendRowsResponse error(Status status, String message) {
            return AppendRowsResponse.newBuilder()
                    .setError(com.google.rpc.Status.newBuilder().setCode(status.getCode().value()).setMessage(message))
                    .build();
        }

        private StatusRuntimeException schemaMismatch(String message) {
            StorageError error = StorageError.newBuilder()
                    .setCode(StorageError.StorageErrorCode.SCHEMA_MISMATCH_EXTRA_FIELDS)
                    .setEntity(stream).setErrorMessage(message).build();
            return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(Status.INVALID_ARGUMENT.getCode().value()).setMessage(message)
                    .addDetails(Any.pack(error)).build());
        }

        @Override
        public synchronized void onError(Throwable failure) {
            if (!over) {
                end();
            }
        }

        @Override
        public synchronized void onCompleted() {
            if (!over) {
                end();
                answers.onCompleted();
            }
        }
    }
}

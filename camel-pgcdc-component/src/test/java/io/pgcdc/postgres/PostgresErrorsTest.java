package io.pgcdc.postgres;

import java.sql.SQLException;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresErrorsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "53300 | sorry, too many clients already | OUT_OF_CONNECTIONS | max_connections",
            "53300 | too many connections for role \"app\" | OUT_OF_CONNECTIONS | CONNECTION LIMIT",
            "53300 | number of requested standby connections exceeds \"max_wal_senders\" (currently 1) | OUT_OF_SLOTS | max_wal_senders",
            "57P03 | the database system is starting up | SERVER_NOT_READY | tried again",
            "55P03 | canceling statement due to lock timeout | LOCKED | pg_locks" })
    void each_kind_says_what_to_do(String state, String message, ErrorCode code, String remedy) {
        PgCdcException told = PostgresErrors.translate(new SQLException(message, state), "Can't go on");
        assertThat(told.code()).isEqualTo(code);
        assertThat(told.code().isTransient()).isTrue();
        assertThat(told.remedy()).contains(remedy);
    }
}

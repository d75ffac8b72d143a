//! Listing dialects: MLSD, UNIX and DOS rows; what cannot be read is reported, not dropped.

"""Work that survives: deliveries are kept before they are accepted, jobs are kept together with their cause."""
